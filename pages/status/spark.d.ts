export const SPARK: { width: number; height: number }
export function sparkPaths(values: readonly number[], most: number): { area: string; line: string }
export function sum(values: readonly number[]): number
export function sparkWords(
  action: { matches: readonly number[]; posts: readonly number[] },
  at: number,
): string
