/** What the process may hold in memory, and does. */
export interface Memory {
  limitBytes: number
  usedBytes: number
  /** How many lanes share it, the one that asks included. */
  lanes: number
}

/**
 * Whether a lane that holds so many bytes may take another message. Anyone may while half of the memory is free;
 * after that a lane's bound is an equal part of what is left. Equal lanes then stop together, with half of what
 * was left taken; and lanes that come one after another can never take all of it, since the nth leaves n parts in
 * n + 1. So whatever comes, no more than the limit and one message is held, and a lane that holds nothing finds
 * room for as long as there is any.
 */
export function memoryPermits({ limitBytes, usedBytes, lanes }: Memory, laneBytes: number): boolean {
  if (usedBytes < limitBytes / 2) return true
  return laneBytes < (limitBytes - usedBytes) / lanes
}
