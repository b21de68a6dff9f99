/**
 * What Retry-After asked of each sender's webhook or channel: the time until which nothing may come. It is counted
 * from when the answer was sent, which is before any sender can have read it. Times are of one monotonic clock.
 */
export interface Waits {
  /** Keeps the later of two waits. */
  note(target: string, wait: { seconds: number; sentMs: number }): void
  isEarly(target: string, arrivedMs: number): boolean
}

export function createWaits(): Waits {
  const dueMs = new Map<string, number>()
  const dueOf = (target: string): number => dueMs.get(target) ?? Number.NEGATIVE_INFINITY
  return {
    note(target, { seconds, sentMs }) {
      dueMs.set(target, Math.max(dueOf(target), sentMs + seconds * 1_000))
    },
    isEarly: (target, arrivedMs) => arrivedMs < dueOf(target),
  }
}
