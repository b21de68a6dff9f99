import type { MetricDefinition } from './definitions/definition.ts'
import { FLOW_METRICS } from './definitions/flow-metrics.ts'
import { KAFKA_METRICS } from './definitions/kafka-metrics.ts'
import { LANE_METRICS } from './definitions/lane-metrics.ts'
import { PROCESS_METRICS } from './definitions/process-metrics.ts'

export type { MetricDefinition }

/**
 * Every metric of bellhop, as data: the registry and docs/metrics.md are both made from this list, so neither can
 * hold a metric or label that the other lacks. Names follow https://prometheus.io/docs/practices/naming/.
 */
export const METRICS = {
  ...FLOW_METRICS,
  ...LANE_METRICS,
  ...KAFKA_METRICS,
  ...PROCESS_METRICS,
} as const satisfies Record<string, MetricDefinition>

export type MetricKey = keyof typeof METRICS
type KeysOfType<T extends MetricDefinition['type']> = {
  [K in MetricKey]: (typeof METRICS)[K]['type'] extends T ? K : never
}[MetricKey]
export type CounterKey = KeysOfType<'counter'>
export type GaugeKey = KeysOfType<'gauge'>
export type HistogramKey = KeysOfType<'histogram'>

/** A value for each label of a metric; an empty one leaves the label out. */
export type LabelValues<K extends MetricKey> = {
  readonly [L in (typeof METRICS)[K]['labels'][number]]: string
}
