import type { Observer } from '../../observe/observer.ts'
import type { LogLine } from './log-line.ts'

/**
 * Which process works on which partition of the dispatch topic, as the processes' own logs (at debug) tell it. A
 * process that is killed says nothing any more: what it had is orphaned until another has claimed it.
 */
export interface Ownership {
  /** A line of the process's log. */
  note(process: string, line: LogLine): void
  /** The process is gone, and says no more. Gives the partitions that it leaves. */
  orphan(process: string): readonly number[]
  /** Partitions of the process. */
  of(process: string): readonly number[]
  /** Partitions that had an owner which was killed, and have none yet. */
  readonly orphans: ReadonlySet<number>
  /** When the last orphan was claimed, as its claimer's log says; null before any was. */
  readonly adoptedAtMs: number | null
  /** What processes that live have lost to others before their posts were on record. */
  readonly lapses: readonly Lapse[]
  /** The process that told last what became of a post to the destination. */
  posterOf(destination: string): string | null
}

/** A process has let go of a partition that was not its own any more: it had stood still for longer than its session. */
export interface Lapse {
  partition: number
  /** Milliseconds since the epoch: until then a post of its own may have been in flight. */
  leftAtMs: number
}

type Told = keyof Observer
const CLAIMED: Told = 'partitionClaimed'
const LOST: Told = 'partitionLost'
const RELEASED: Told = 'partitionReleased'
const POSTED: readonly Told[] = ['messageDelivered', 'messageDeadLettered', 'postAnswered']

export function createOwnership(dispatchTopic: string): Ownership {
  const owners = new Map<number, string>()
  const posters = new Map<string, string>()
  const orphans = new Set<number>()
  /** Lost, and not let go yet: posts may be in flight. */
  const leaving = new Map<number, string>()
  const lapses: Lapse[] = []
  let adoptedAtMs: number | null = null
  const of = (process: string): number[] => partitionsOf(owners, process)
  return {
    of,
    orphans,
    lapses,
    get adoptedAtMs() {
      return adoptedAtMs
    },
    note(process, { event, fields, atMs }) {
      const { topic, partition, destination } = fields
      if (typeof destination === 'string' && POSTED.some((told) => told === event)) {
        posters.set(destination, process)
      }
      if (topic !== dispatchTopic || typeof partition !== 'number') return
      if (event === CLAIMED) {
        owners.set(partition, process)
        leaving.delete(partition)
        if (orphans.delete(partition)) adoptedAtMs = Math.max(adoptedAtMs ?? 0, atMs ?? 0)
      } else if (event === LOST && owners.get(partition) === process) {
        owners.delete(partition)
        leaving.set(partition, process)
      } else if (event === RELEASED) {
        if (leaving.get(partition) === process) leaving.delete(partition)
        if (fields.complete === false && atMs !== null) lapses.push({ partition, leftAtMs: atMs })
      }
    },
    orphan(process) {
      const left = [...of(process), ...partitionsOf(leaving, process)]
      for (const partition of left) {
        owners.delete(partition)
        leaving.delete(partition)
        orphans.add(partition)
      }
      return left
    },
    posterOf: (destination) => posters.get(destination) ?? null,
  }
}

function partitionsOf(by: ReadonlyMap<number, string>, process: string): number[] {
  return [...by].filter(([, one]) => one === process).map(([partition]) => partition)
}
