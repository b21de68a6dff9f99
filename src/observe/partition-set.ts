import type { StageName } from './observer.ts'

export interface Place {
  stage: StageName
  topic: string
  partition: number
}

/** Partitions, each counted once, telling the number of each stage and topic whenever it changes. */
export interface PartitionSet {
  has(place: Place): boolean
  add(place: Place): void
  delete(place: Place): void
}

export function createPartitionSet(
  report: (labels: { stage: StageName; topic: string }, size: number) => void,
): PartitionSet {
  const partitions = new Map<string, Set<number>>()
  const of = ({ stage, topic }: Place): Set<number> => {
    const key = `${stage} ${topic}`
    const found = partitions.get(key) ?? new Set()
    partitions.set(key, found)
    return found
  }
  return {
    has: (place) => of(place).has(place.partition),
    add: (place) => report({ stage: place.stage, topic: place.topic }, of(place).add(place.partition).size),
    delete: (place) => {
      of(place).delete(place.partition)
      report({ stage: place.stage, topic: place.topic }, of(place).size)
    },
  }
}
