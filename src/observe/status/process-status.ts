import type { PartitionStatus, ProcessStatus } from '../../core/records.ts'
import type { Stage } from '../../stage.ts'
import type { HealthReport } from '../health.ts'
import { sortLanes } from '../overview/lane-trouble.ts'

/** What names a process among all, from its start to its end. */
export interface ProcessIdentity {
  process: string
  host: string
  pid: number
  version: string
  /** Milliseconds since the epoch. */
  startedAt: number
}

/** What a process knows of itself at one moment. */
export interface ProcessFacts {
  identity: ProcessIdentity
  configVersion: string
  stages: readonly Pick<Stage, 'name' | 'partitions' | 'lanes'>[]
  readiness: HealthReport
  deadLetters: number
  reload: ProcessStatus['reload']
  notified: ProcessStatus['notified']
}

/** More lanes than a person looks at, in a record that Kafka takes. */
const MOST_LANES = 1_000
const MOST_DESTINATIONS = 20
const MOST_PARTITIONS = 2_000

export function createProcessStatus(facts: ProcessFacts, nowMs: number): ProcessStatus {
  const { identity, configVersion, stages, readiness, deadLetters, reload, notified } = facts
  const { process, host, pid, version, startedAt } = identity
  const lanes = stages.flatMap((stage) => stage.lanes?.() ?? [])
  const partitions: PartitionStatus[] = stages.flatMap((stage) => stage.partitions())
  return {
    process,
    host,
    pid,
    version,
    config_version: configVersion,
    stages: stages.map(({ name }) => name),
    started_at: Math.round(startedAt),
    recorded_at: Math.round(nowMs),
    ready: readiness.ok,
    trouble: readiness.components.flatMap(({ name, state, reason }) =>
      state === 'ready' ? [] : [`${name}: ${reason ?? state}`],
    ),
    partitions: partitions.slice(0, MOST_PARTITIONS),
    lanes: sortLanes(lanes, nowMs)
      .slice(0, MOST_LANES)
      .map((lane) => ({ ...lane, destinations: lane.destinations.slice(0, MOST_DESTINATIONS) })),
    lanes_total: lanes.length,
    waiting: lanes.reduce((sum, { waiting }) => sum + waiting, 0),
    dead_letters: deadLetters,
    reload,
    notified: [...notified],
  }
}

/** `host-4711-3fa9`: a person finds the process by it, and one that follows under the same id is another. */
export function processName(host: string, pid: number, random: number): string {
  const digits = Math.floor(random * 0x10000)
    .toString(16)
    .padStart(4, '0')
  return `${host.replace(/[^\w.-]+/g, '_').slice(0, 100)}-${pid}-${digits}`
}
