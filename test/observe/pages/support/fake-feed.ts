import type { Overview, OverviewFeed } from '../../../../src/observe/overview/overview.ts'

/** A feed that tells what it is given, to whoever looks. */
export interface FakeFeed extends OverviewFeed {
  publish(overview: Overview): void
  /** How many look. */
  readonly watched: number
}

export function createFakeFeed(first: Overview | null = null): FakeFeed {
  const listeners = new Set<(overview: Overview) => void>()
  let latest = first
  return {
    subscribe(listener) {
      listeners.add(listener)
      if (latest !== null) listener(latest)
      return () => listeners.delete(listener)
    },
    publish(overview) {
      latest = overview
      for (const listener of listeners) listener(overview)
    },
    get watched() {
      return listeners.size
    },
    close: async () => listeners.clear(),
  }
}
