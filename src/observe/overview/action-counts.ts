import type { Config } from '../../config/config.ts'
import type { DispatchRecord, Receipt } from '../../core/records.ts'
import { MinuteCounts } from './minute-counts.ts'
import type { ActionView } from './overview.ts'

/** Names that no configuration holds are taken up to here. */
const MOST_ACTIONS = 10_000

/** What counts of an action: its messages to the first of its destinations tell how many events it matched. */
interface Known {
  enabled: boolean
  first: string | null
  destinations: ReadonlySet<string>
}

/** What each action matched and posted in the last hour. */
export class ActionCounts {
  readonly #counts = new Map<string, { matches: MinuteCounts; posts: MinuteCounts }>()
  #known: ReadonlyMap<string, Known> = new Map()

  /** What is configured now. */
  configure(config: Pick<Config, 'actions' | 'destinations'>): void {
    this.#known = new Map(
      config.actions.map(({ id, enabled, destinations }) => {
        const first = destinations.find((to) => config.destinations.get(to)?.enabled === true) ?? null
        return [id, { enabled, first, destinations: new Set(destinations) }]
      }),
    )
  }

  /** A message was queued: for an event with several destinations, one of several. */
  queued({ action, destination, moves }: DispatchRecord, queuedAtMs: number): void {
    const known = this.#known.get(action)
    const isOneOfSeveral = known?.destinations.has(destination) === true && destination !== known.first
    if (moves === 0 && !isOneOfSeveral) this.#of(action)?.matches.add(queuedAtMs)
  }

  /** A message has come to its end. */
  ended({ action, outcome, recorded_at: atMs }: Receipt): void {
    if (outcome === 'delivered') this.#of(action)?.posts.add(atMs)
  }

  /** Those of the configuration, and whoever else had something in the last hour; by id. */
  views(nowMs: number): ActionView[] {
    const ids = [...new Set([...this.#known.keys(), ...this.#counts.keys()])].sort()
    return ids.flatMap((id) => {
      const counts = this.#counts.get(id)
      const matches = counts?.matches.until(nowMs) ?? NOTHING
      const posts = counts?.posts.until(nowMs) ?? NOTHING
      const known = this.#known.get(id)
      if (known === undefined && matches.every(isZero) && posts.every(isZero)) {
        this.#counts.delete(id)
        return []
      }
      return [{ action: id, enabled: known?.enabled ?? null, matches, posts }]
    })
  }

  #of(action: string): { matches: MinuteCounts; posts: MinuteCounts } | undefined {
    const known = this.#counts.get(action)
    if (known !== undefined || this.#counts.size >= MOST_ACTIONS) return known
    const counts = { matches: new MinuteCounts(), posts: new MinuteCounts() }
    this.#counts.set(action, counts)
    return counts
  }
}

const NOTHING: number[] = new Array<number>(60).fill(0)

function isZero(count: number): boolean {
  return count === 0
}
