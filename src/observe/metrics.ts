import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Clock } from '../core/clock.ts'
import { systemClock } from '../system.ts'
import { createInstruments, type Instruments } from './instruments.ts'
import { createLabelGuard, type MetricsConfig, type Reconfigured } from './label-guard.ts'
import { type ControlledDestinations, type LaneBacklog, setBacklog, setControls } from './lane-gauges.ts'
import type { GaugeKey, LabelValues } from './metric-definitions.ts'
import { endIds, startIds, startStages, without } from './starting-series.ts'

export type { LaneBacklog }

/**
 * One process's metrics, in a registry of their own: two in one process (tests, the demo) never meet. Every
 * counter of a configured action, topic or (up to a thousand) destination that can move is there from the start at
 * 0, so that a rate sees the first increment.
 */
export interface Metrics extends Instruments {
  /** The exposition format's media type. */
  readonly contentType: string
  /** All metrics in Prometheus' text format, with the backlog and readiness as they are now. */
  render(): Promise<string>
  /** Sets a gauge to the time of now: seconds since the epoch. */
  stamp<K extends GaugeKey>(key: K, labels: LabelValues<K>): void
  /** Where the lanes' state is pulled from at each scrape; until it is set every backlog is 0. */
  setBacklogSource(source: () => Iterable<LaneBacklog>): void
  /** What says at each scrape whether the process is ready; until it is set it is not. */
  setReadiness(isReady: () => boolean): void
  /** How long the dispatch topic keeps its records; null: for ever, or it is not known. */
  setRetention(retentionMs: number | null): void
  /** How often the configuration at work sends a canary; null: never. */
  setCanaryInterval(everyMs: number | null): void
  /** The destinations that are paused and silenced from now on. */
  setControls(controls: ControlledDestinations): void
  /**
   * Other actions and destinations are configured from now on. The counters of new ids are there at 0, those of ids
   * that are gone are taken away: however often it is called, there are no more than of one configuration.
   */
  reconfigure(config: Reconfigured): void
}

/** Gauges named as counters, which promtool refuses: the metrics without `_total` tell the same, by type. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]

export function createMetrics(config: MetricsConfig, clock: Pick<Clock, 'nowMs'> = systemClock): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of MISNAMED) registry.removeSingleMetric(name)
  const { guard, reconfigure } = createLabelGuard(config)
  const { text, ...instruments } = createInstruments(registry, guard)
  let known: Reconfigured = config
  let backlogSource: () => Iterable<LaneBacklog> = () => []
  let isReady = (): boolean => false
  let retentionMs: number | null = null
  let controls: ControlledDestinations = { paused: [], silenced: [] }
  const tellControls = (destinations: readonly string[]): void =>
    setControls(instruments, controls, { destinations, inAll: known.destinations.length })
  startStages(instruments, config)
  startIds(instruments, config, config.destinations.length)
  tellControls(config.destinations)
  return {
    ...instruments,
    contentType: registry.contentType,
    render: async () => {
      setBacklog(instruments, backlogSource(), { destinations: known.destinations, retentionMs })
      instruments.set('ready', {}, isReady() ? 1 : 0)
      return text()
    },
    stamp: (key, labels) => instruments.set(key, labels, clock.nowMs() / 1_000),
    setBacklogSource: (source) => {
      backlogSource = source
    },
    setReadiness: (source) => {
      isReady = source
    },
    setRetention: (ms) => {
      retentionMs = ms
      instruments.set('dispatchRetention', {}, (ms ?? 0) / 1_000)
    },
    setCanaryInterval: (ms) => instruments.set('canaryInterval', {}, (ms ?? 0) / 1_000),
    setControls: (next) => {
      controls = next
      tellControls(known.destinations)
    },
    reconfigure: (next) => {
      endIds(instruments, without(known, next))
      reconfigure(next)
      const added = without(next, known)
      known = next
      startIds(instruments, added, next.destinations.length)
      tellControls(next.destinations)
      instruments.clear('configInfo')
      instruments.set('configInfo', { config_version: next.configVersion }, 1)
    },
  }
}
