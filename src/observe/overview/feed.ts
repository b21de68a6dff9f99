import { Following, type OverviewSources } from './following.ts'
import type { Overview, OverviewFeed } from './overview.ts'

export interface OverviewFeedDeps extends OverviewSources {
  /** An overview could not be made: a bug, which must not end the process. */
  failed?(error: unknown): void
}

const LOOK_EVERY_MS = 250
const EMIT_EVERY_MS = 1_000
const LINGER_MS = 30_000

/**
 * The overview for whoever looks at it, a new one every second. Topics are followed from the first listener on, and
 * for half a minute after the last has left, so that a page that is loaded again costs nothing.
 */
export function createOverviewFeed(deps: OverviewFeedDeps): OverviewFeed {
  return new TopicsFeed(deps)
}

type Listener = (overview: Overview) => void

class TopicsFeed implements OverviewFeed {
  readonly #deps: OverviewFeedDeps
  readonly #listeners = new Set<Listener>()
  #following: Following | null = null
  #timer: NodeJS.Timeout | null = null
  #lingering: NodeJS.Timeout | null = null
  #latest: Overview | null = null
  #startedMs = 0
  #emittedMs = Number.NEGATIVE_INFINITY
  #isClosed = false

  constructor(deps: OverviewFeedDeps) {
    this.#deps = deps
  }

  subscribe(listener: Listener): () => void {
    if (this.#isClosed) return () => undefined
    const own: Listener = (overview) => listener(overview)
    this.#listeners.add(own)
    if (this.#lingering !== null) clearTimeout(this.#lingering)
    this.#lingering = null
    this.#begin()
    // While nobody listened none was made: one from then would pass for now.
    const isFresh = this.#deps.clock.monotonicMs() - this.#emittedMs < 2 * EMIT_EVERY_MS
    const latest = isFresh ? this.#latest : null
    if (latest !== null) queueMicrotask(() => this.#tell(own, latest))
    return () => {
      if (!this.#listeners.delete(own) || this.#listeners.size > 0 || this.#isClosed) return
      this.#lingering = setTimeout(() => void this.#end(), LINGER_MS)
      this.#lingering.unref()
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#listeners.clear()
    await this.#end()
  }

  #begin(): void {
    if (this.#following !== null) return
    this.#following = new Following(this.#deps)
    this.#startedMs = this.#deps.clock.monotonicMs()
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS)
  }

  async #end(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    if (this.#lingering !== null) clearTimeout(this.#lingering)
    const following = this.#following
    this.#timer = null
    this.#lingering = null
    this.#following = null
    this.#latest = null
    this.#emittedMs = Number.NEGATIVE_INFINITY
    await following?.close()
  }

  /** Nothing is made while nobody listens; the first one waits a moment for what processes say of themselves. */
  #look(): void {
    const { clock, failed } = this.#deps
    const nowMs = clock.monotonicMs()
    const following = this.#following
    if (following === null || this.#listeners.size === 0 || nowMs - this.#emittedMs < EMIT_EVERY_MS) return
    if (!following.knowsProcesses && nowMs - this.#startedMs < EMIT_EVERY_MS) return
    this.#emittedMs = nowMs
    try {
      this.#latest = following.overview()
    } catch (error) {
      failed?.(error)
      return
    }
    for (const listener of this.#listeners) this.#tell(listener, this.#latest)
  }

  /** One listener that fails keeps the others from nothing. */
  #tell(listener: Listener, overview: Overview): void {
    if (!this.#listeners.has(listener)) return
    try {
      listener(overview)
    } catch (error) {
      this.#deps.failed?.(error)
    }
  }
}
