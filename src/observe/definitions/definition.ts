import type { LabelName } from './labels.ts'

export interface MetricDefinition {
  name: string
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  labels: readonly LabelName[]
  /** Upper bounds, in the unit of the name; histograms only. */
  buckets?: readonly number[]
}
