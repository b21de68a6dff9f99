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
  /** The process that told last what became of a post to the destination. */
  posterOf(destination: string): string | null
}

type Told = keyof Observer
const CLAIMED: Told = 'partitionClaimed'
const LOST: Told = 'partitionLost'
const POSTED: readonly Told[] = ['messageDelivered', 'messageDeadLettered', 'postAnswered']

export function createOwnership(dispatchTopic: string): Ownership {
  const owners = new Map<number, string>()
  const posters = new Map<string, string>()
  const orphans = new Set<number>()
  let adoptedAtMs: number | null = null
  const of = (process: string): number[] =>
    [...owners].filter(([, owner]) => owner === process).map(([partition]) => partition)
  return {
    of,
    orphans,
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
        if (orphans.delete(partition)) adoptedAtMs = Math.max(adoptedAtMs ?? 0, atMs ?? 0)
      } else if (event === LOST && owners.get(partition) === process) owners.delete(partition)
    },
    orphan(process) {
      const left = of(process)
      for (const partition of left) {
        owners.delete(partition)
        orphans.add(partition)
      }
      return left
    },
    posterOf: (destination) => posters.get(destination) ?? null,
  }
}
