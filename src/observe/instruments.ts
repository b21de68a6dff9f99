import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { createExposition } from './exposition.ts'
import type { LabelGuard } from './label-guard.ts'
import {
  type CounterKey,
  type GaugeKey,
  type HistogramKey,
  type LabelValues,
  METRICS,
  type MetricDefinition,
} from './metric-definitions.ts'

/**
 * The metrics of the closed list, registered in one registry. No call throws for the sake of a value: a number
 * that is not finite, or an amount below zero, is dropped, since an observer must not stop what it observes.
 */
export interface Instruments {
  /** Adds to a counter; an amount of 0 makes the series visible. */
  count<K extends CounterKey>(key: K, labels: LabelValues<K>, amount?: number): void
  set<K extends GaugeKey>(key: K, labels: LabelValues<K>, value: number): void
  /** Takes one series of a counter or gauge away. */
  remove<K extends CounterKey | GaugeKey>(key: K, labels: LabelValues<K>): void
  /** Takes every series of a gauge away. */
  clear(key: GaugeKey): void
  /** In the unit of the metric's name; below zero (clocks differ) counts as zero. */
  observe<K extends HistogramKey>(key: K, labels: LabelValues<K>, value: number): void
  /** Makes a histogram's series visible with no observation. */
  zero<K extends HistogramKey>(key: K, labels: LabelValues<K>): void
}

export interface RenderedInstruments extends Instruments {
  /** All that the registry holds, in Prometheus' text format. */
  text(): Promise<string>
}

export function createInstruments(registry: Registry, guard: LabelGuard): RenderedInstruments {
  const counters = new Map<string, Counter>()
  const gauges = new Map<string, Gauge>()
  const histograms = new Map<string, Histogram>()
  for (const [key, definition] of Object.entries<MetricDefinition>(METRICS)) {
    const { name, help, labels: labelNames, buckets = [] } = definition
    const shared = { name, help, labelNames, registers: [registry] }
    if (definition.type === 'counter') counters.set(key, new Counter(shared))
    else if (definition.type === 'gauge') gauges.set(key, new Gauge(shared))
    else histograms.set(key, new Histogram({ ...shared, buckets: [...buckets] }))
  }
  return {
    count: (key, labels, amount = 1) => {
      if (Number.isFinite(amount) && amount >= 0) counters.get(key)?.inc(guard(labels), amount)
    },
    set: (key, labels, value) => {
      if (Number.isFinite(value)) gauges.get(key)?.set(guard(labels), value)
    },
    remove: (key, labels) => (counters.get(key) ?? gauges.get(key))?.remove(guard(labels)),
    clear: (key) => gauges.get(key)?.reset(),
    observe: (key, labels, value) => {
      if (Number.isFinite(value)) histograms.get(key)?.observe(guard(labels), Math.max(0, value))
    },
    zero: (key, labels) => histograms.get(key)?.zero(guard(labels)),
    text: createExposition(registry, [...counters.values(), ...gauges.values()]),
  }
}
