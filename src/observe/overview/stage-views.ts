import type { PartitionStatus } from '../../core/records.ts'
import type { LogRange } from '../../kafka/offsets.ts'
import { STAGES } from '../observer.ts'
import type { SeenProcess } from '../status/process-book.ts'
import type { PartitionView, StageView } from './overview.ts'

/** A topic that a stage works on, as the broker tells of it. */
export interface StageTopic {
  stage: string
  topic: string
  /** By partition; null where the broker was not heard yet. */
  ranges: ReadonlyMap<number, LogRange> | null
  /** What the stage's group has committed, by partition. */
  committed: ReadonlyMap<number, number>
}

type Held = PartitionStatus & { process: string }

/** The stages in the order of the flow, each with all partitions of its topics, held or not. */
export function stageViews(processes: readonly SeenProcess[], topics: readonly StageTopic[]): StageView[] {
  const held = heldPartitions(processes)
  const known = new Set(topics.map(({ stage, topic }) => nameOf({ stage, topic })))
  const others = [...held.values()].flat().filter((at) => !known.has(nameOf(at)))
  const all = [
    ...topics,
    ...[...Map.groupBy(others, nameOf).values()].flatMap(([one]) =>
      one === undefined ? [] : [{ ...one, ranges: null, committed: NOTHING }],
    ),
  ]
  return all
    .map((topic) => stageView(topic, held.get(nameOf(topic)) ?? []))
    .sort((a, b) => rankOf(a) - rankOf(b) || (a.topic < b.topic ? -1 : 1))
}

const NOTHING: ReadonlyMap<number, number> = new Map()

const ORDER: readonly string[] = STAGES

function rankOf({ stage }: StageView): number {
  return ORDER.indexOf(stage)
}

function nameOf({ stage, topic }: { stage: string; topic: string }): string {
  return `${stage}/${topic}`
}

/** Where two say that they hold a partition, as after a crash, whoever was heard of last. */
function heldPartitions(processes: readonly SeenProcess[]): Map<string, Held[]> {
  const byPlace = new Map<string, Held>()
  for (const { status } of processes.filter(({ gone }) => !gone).sort((a, b) => b.quietMs - a.quietMs)) {
    for (const at of status.partitions) {
      byPlace.set(`${nameOf(at)}/${at.partition}`, { ...at, process: status.process })
    }
  }
  return Map.groupBy(byPlace.values(), nameOf)
}

function stageView({ stage, topic, ranges, committed }: StageTopic, held: readonly Held[]): StageView {
  const holders = new Map(held.map((at) => [at.partition, at]))
  const numbers = [...new Set([...(ranges?.keys() ?? []), ...holders.keys()])].sort((a, b) => a - b)
  const partitions = numbers.map((partition): PartitionView => {
    const holder = holders.get(partition)
    const range = ranges?.get(partition)
    const position = holder?.position ?? committed.get(partition) ?? null
    // Of one moment: against an end that was asked for later, all that came meanwhile would look as if it lagged.
    const lag = holder?.lag ?? (range === undefined ? null : lagIn(range, position))
    const { process = null, trouble = null } = holder ?? {}
    return { partition, process, position, lag, trouble }
  })
  return { stage, topic, lag: partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0), partitions }
}

/** What was deleted waits for nobody. */
function lagIn({ low, high }: LogRange, position: number | null): number | null {
  return position === null ? null : Math.max(0, high - Math.max(low, position))
}
