import type { Random } from '../../core/random.ts'

export type NonEmpty<T> = readonly [T, ...T[]]

/** Choices made with one source of randomness: the same seed tells the same story. */
export interface Draw {
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number
  pick<T>(from: NonEmpty<T>): T
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean
  hex(digits: number): string
}

export function createDraw(random: Random): Draw {
  const integer = (min: number, max: number) => min + Math.floor(random() * (max - min + 1))
  return {
    integer,
    pick: (from) => from[integer(0, from.length - 1)] ?? from[0],
    chance: (probability) => random() < probability,
    hex: (digits) => Array.from({ length: digits }, () => integer(0, 15).toString(16)).join(''),
  }
}
