/** Whether any list or object lies more than `limit` levels below `value`. Does not recurse, and stops at the limit. */
export function nestsDeeperThan(value: unknown, limit: number): boolean {
  let level = containersIn([value])
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true
    level = level.flatMap((container) => containersIn(Object.values(container)))
  }
  return false
}

function containersIn(values: readonly unknown[]): object[] {
  return values.filter((value) => typeof value === 'object' && value !== null)
}
