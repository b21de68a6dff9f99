import type { Destination } from '../../config/config.ts'
import type { LaneStatus, Receipt } from '../../core/records.ts'
import { laneKeyOf } from '../../dispatch/lane-key.ts'
import { intervalOf } from '../../dispatch/lane-moves.ts'
import type { SeenProcess } from '../status/process-book.ts'
import { laneTrouble, sortLanes } from './lane-trouble.ts'
import type { LaneView } from './overview.ts'

/** A process writes every 2 s: one that has been quiet for longer may have lost its lanes to another. */
const FRESH_MS = 5_000
const TOO_MANY = 429
const REMEMBERED_DESTINATIONS = 5_000
/** Of all processes; the least in trouble are left out. */
const MOST_LANES = 2_000

/** The newest receipt of each destination, for those that are in no lane now. */
export class LastReceipts {
  readonly #last = new Map<string, Receipt>()

  note(receipt: Receipt): void {
    const { destination } = receipt
    const known = this.#last.get(destination)
    // What ended without an answer of its own tells of the lane's last one no more than what was never posted.
    if (receipt.post_messages === null || !isAnswer(receipt)) return
    if (known !== undefined && known.recorded_at > receipt.recorded_at) return
    if (known === undefined && this.#last.size >= REMEMBERED_DESTINATIONS) return
    this.#last.set(destination, receipt)
  }

  of(destination: string): Receipt | undefined {
    return this.#last.get(destination)
  }
}

export interface LaneSources {
  processes: readonly SeenProcess[]
  destinations: ReadonlyMap<string, Destination>
  /** Of these destinations. */
  keys: LaneKeys
  last: LastReceipts
  isPaused(destination: string): boolean
  nowMs: number
}

/** The lanes of all processes that live, and the destinations that are in none; most in trouble first. */
export function laneViews(sources: LaneSources): LaneView[] {
  const lanes = currentLanes(sources)
  const busy = new Set(lanes.flatMap(({ lane, destinations }) => [lane, ...destinations]))
  const views = [...lanes, ...idleLanes(sources, busy)]
  return sortLanes(views, sources.nowMs).slice(0, MOST_LANES)
}

function currentLanes({ processes, keys, nowMs }: LaneSources): LaneView[] {
  const living = processes.filter(({ gone }) => !gone).sort((a, b) => a.quietMs - b.quietMs)
  const told = new Set<string>()
  const views: LaneView[] = []
  for (const { status, quietMs } of living) {
    for (const lane of status.lanes) {
      if (told.has(lane.lane) && quietMs > FRESH_MS) continue
      told.add(lane.lane)
      // What was restored from receipts knows no destination before its first message.
      const destinations = lane.destinations.length > 0 ? lane.destinations : (keys.ids.get(lane.lane) ?? [])
      views.push({ ...lane, destinations, process: status.process, trouble: laneTrouble(lane, nowMs) })
    }
  }
  return views
}

function idleLanes(
  { destinations, keys, last, isPaused, nowMs }: LaneSources,
  busy: ReadonlySet<string>,
): LaneView[] {
  const idle = new Map<string, LaneView>()
  for (const [id, destination] of destinations) {
    const key = keys.lanes.get(id) ?? id
    if (busy.has(id) || busy.has(key) || !destination.enabled) continue
    const shared = idle.get(key)
    const lane: LaneStatus = {
      ...NOTHING_WAITS,
      lane: key,
      destinations: [...(shared?.destinations ?? []), id],
      interval_ms: intervalOf(destination),
      paused: isPaused(id) || shared?.paused === true,
      last_answer: newer(shared?.last_answer ?? null, answerOf(last.of(id))),
    }
    idle.set(key, { ...lane, process: '', trouble: laneTrouble(lane, nowMs) })
  }
  return [...idle.values()]
}

const NOTHING_WAITS = {
  waiting: 0,
  oldest_at: null,
  next_post_at: null,
  failing_since: null,
  breaker: 'closed',
} as const

function isAnswer({ outcome }: Receipt): boolean {
  return outcome !== 'moved' && outcome !== 'silenced'
}

function answerOf(receipt: Receipt | undefined): LaneStatus['last_answer'] {
  if (receipt === undefined) return null
  const { recorded_at: at, outcome, cause, answer, detail, post_messages: messages } = receipt
  return {
    at,
    outcome: outcome === null && answer?.status === TOO_MANY ? 'rate_limited' : outcomeOf(outcome, cause),
    status: answer?.status ?? null,
    detail,
    messages: messages ?? 1,
  }
}

/** What the last attempt must have meant, by what became of its message. */
function outcomeOf(
  outcome: Receipt['outcome'],
  cause: Receipt['cause'],
): NonNullable<LaneStatus['last_answer']>['outcome'] {
  if (outcome === 'delivered') return 'sent'
  if (cause === 'rejected' || cause === 'destination_down' || cause === 'ambiguous') return cause
  return 'retry'
}

function newer(a: LaneStatus['last_answer'], b: LaneStatus['last_answer']): LaneStatus['last_answer'] {
  if (a === null || b === null) return a ?? b
  return a.at >= b.at ? a : b
}

/** Which lane each destination posts through, but for messages that choose a channel. */
export interface LaneKeys {
  /** By destination. */
  lanes: ReadonlyMap<string, string>
  /** By lane. */
  ids: ReadonlyMap<string, string[]>
}

/** Each is a fingerprint: they are made once for a configuration. */
export function laneKeysOf(destinations: ReadonlyMap<string, Destination>): LaneKeys {
  const lanes = new Map<string, string>()
  const ids = new Map<string, string[]>()
  for (const [id, destination] of destinations) {
    const key = laneKeyOf(destination, { channel: null })
    lanes.set(id, key)
    ids.set(key, [...(ids.get(key) ?? []), id])
  }
  return { lanes, ids }
}
