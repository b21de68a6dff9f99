import { setTimeout as delay } from 'node:timers/promises'
import { isHealthy, pathOf, type Work } from './work.ts'

/** What arrived of the healthy webhooks' messages. */
export interface Arrivals {
  /** Until the last of them, or until patience ended. */
  elapsedMs: number
  delivered: number
  missing: number
  rateLimited: number
  outOfOrder: number
  repeated: number
}

const POLL_MS = 10

/** Counts from the moment it is called; `judge` waits for the healthy webhooks' last message, or the limit. */
export function watchArrivals(work: Work): { judge(limitMs: number): Promise<Arrivals> } {
  const paths = new Set(
    Array.from({ length: work.webhooks }, (_, webhook) => webhook)
      .filter((webhook) => isHealthy(work, webhook))
      .map(pathOf),
  )
  const wanted = paths.size * work.messages
  const startMs = performance.now()
  let arrived = 0
  const stop = work.simulator.onPost(({ target }) => {
    if (paths.has(target)) arrived += 1
  })
  return {
    async judge(limitMs) {
      const elapsed = (): number => performance.now() - startMs
      while (arrived < wanted && elapsed() < limitMs) await delay(POLL_MS)
      const elapsedMs = elapsed()
      stop()
      return { elapsedMs, rateLimited: work.simulator.count429, ...countPosts(work, paths, wanted) }
    },
  }
}

function countPosts(
  work: Work,
  paths: ReadonlySet<string>,
  wanted: number,
): Pick<Arrivals, 'delivered' | 'missing' | 'outOfOrder' | 'repeated'> {
  let [delivered, outOfOrder, repeated] = [0, 0, 0]
  for (const path of paths) {
    const texts = work.simulator.posts(path).map(({ payload }) => Number(payload?.text))
    const distinct = new Set(texts).size
    delivered += distinct
    repeated += texts.length - distinct
    outOfOrder += texts.filter((text, at) => at > 0 && text < (texts[at - 1] ?? 0)).length
  }
  return { delivered, missing: wanted - delivered, outOfOrder, repeated }
}
