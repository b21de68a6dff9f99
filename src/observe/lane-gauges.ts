import type { BreakerState } from '../core/outcome.ts'
import { UNKNOWN_LABEL } from './definitions/labels.ts'
import type { Instruments } from './instruments.ts'
import { MOST_ZEROED } from './starting-series.ts'

/** What waits for one destination; several entries of one destination are added up. */
export interface LaneBacklog {
  destination: string
  messages: number
  /** Age of the oldest waiting message's dispatch record; null where nothing waits. */
  oldestAgeMs: number | null
  /** The lane's breaker. */
  breaker: BreakerState
}

const BACKLOG_GAUGES = ['laneBacklog', 'laneOldestAge', 'breakersOpen', 'laneRetentionLeft'] as const

/** `retentionMs`: of the dispatch topic; null where it keeps its records for ever, or that is not known. */
export function setBacklog(
  instruments: Instruments,
  lanes: Iterable<LaneBacklog>,
  { destinations, retentionMs }: { destinations: readonly string[]; retentionMs: number | null },
): void {
  const nothing = { messages: 0, oldestAgeMs: 0, breakersOpen: 0 }
  const totals = new Map(destinations.map((destination) => [destination, { ...nothing }]))
  for (const lane of lanes) {
    const name = totals.has(lane.destination) ? lane.destination : UNKNOWN_LABEL
    const total = totals.get(name) ?? { ...nothing }
    total.messages += lane.messages
    total.oldestAgeMs = Math.max(total.oldestAgeMs, lane.oldestAgeMs ?? 0)
    total.breakersOpen += lane.breaker === 'closed' ? 0 : 1
    totals.set(name, total)
  }
  for (const gauge of BACKLOG_GAUGES) instruments.clear(gauge)
  for (const [destination, total] of totals) {
    instruments.set('laneBacklog', { destination }, total.messages)
    instruments.set('laneOldestAge', { destination }, total.oldestAgeMs / 1_000)
    instruments.set('breakersOpen', { destination }, total.breakersOpen)
    if (retentionMs === null) continue
    const leftMs = Math.max(0, retentionMs - total.oldestAgeMs)
    instruments.set('laneRetentionLeft', { destination }, leftMs / 1_000)
  }
}

/** The destinations that persons have paused and silenced. */
export interface ControlledDestinations {
  paused: readonly string[]
  silenced: readonly string[]
}

/** Of `destinations`; of more than a thousand in all, those of which nothing was said have no series. */
export function setControls(
  instruments: Instruments,
  controls: ControlledDestinations,
  { destinations, inAll }: { destinations: readonly string[]; inAll: number },
): void {
  const gauges = [
    ['destinationPaused', new Set(controls.paused)],
    ['destinationSilenced', new Set(controls.silenced)],
  ] as const
  for (const [gauge, named] of gauges) {
    for (const destination of destinations) {
      const isNamed = named.has(destination)
      if (isNamed || inAll <= MOST_ZEROED) instruments.set(gauge, { destination }, isNamed ? 1 : 0)
      else instruments.remove(gauge, { destination })
    }
  }
}
