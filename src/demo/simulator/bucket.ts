/**
 * Slack's limit for one webhook or channel: a bucket of capacity one, refilled at a steady rate. With capacity one
 * that means: a post is due one interval after the last accepted one. Times are of one monotonic clock.
 */
export interface Bucket {
  /** 0 where a post would be accepted now, else how long until one is. */
  waitMs(nowMs: number): number
  /** Takes the token of an accepted post; a refused one takes none. */
  take(nowMs: number): void
}

/** `ratePerSecond` null: everything is accepted. */
export function createBucket(ratePerSecond: number | null): Bucket {
  const intervalMs = ratePerSecond === null ? 0 : 1_000 / ratePerSecond
  let fullAtMs = Number.NEGATIVE_INFINITY
  return {
    waitMs: (nowMs) => Math.max(0, fullAtMs - nowMs),
    take(nowMs) {
      fullAtMs = nowMs + intervalMs
    },
  }
}
