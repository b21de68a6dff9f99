import type { TopicNames } from '../../core/topic-names.ts'
import { decodeCommitMetadata } from '../../dispatch/commit-metadata.ts'
import type { Committed } from '../../kafka/offsets.ts'
import type { RecordCodecs } from '../../kafka/record-codec.ts'
import type { FoundRecord, Hop, Trail } from './evidence.ts'
import { countAhead } from './find-dispatched.ts'
import type { Groups } from './find-groups.ts'
import { findReceipts, type PartitionReceipts } from './find-receipts.ts'
import type { Logs } from './logs.ts'

export interface TrailsDeps {
  logs: Logs
  topics: TopicNames
  codecs: RecordCodecs
  groups: Groups
  signal: AbortSignal
}

/** What became of dispatch records, by message: the records of one message in the order given. */
export async function findTrails(deps: TrailsDeps, records: readonly FoundRecord[]): Promise<Trail[]> {
  const hops = new Map<FoundRecord, Hop>()
  for (const [partition, of] of Map.groupBy(records, (record) => record.partition)) {
    const receipts = await receiptsOf(deps, partition, of)
    for (const record of of) hops.set(record, await toHop(deps, record, receipts))
  }
  return [...Map.groupBy(records, ({ record }) => record.id)].map(([id, of]) => ({
    id,
    hops: of.flatMap((record) => hops.get(record) ?? []),
  }))
}

/**
 * Once more from the beginning where the group has passed a record and its receipt was not found: clocks differ by
 * more than anybody thought.
 */
async function receiptsOf(
  { groups, ...deps }: TrailsDeps,
  partition: number,
  records: readonly FoundRecord[],
): Promise<PartitionReceipts> {
  const committed = groups.dispatch.get(partition)
  const codec = deps.codecs.receipt
  const from = records.some(({ offset }) => !isPassed(committed, offset)) ? receiptsFrom(committed) : null
  const found = await findReceipts({ ...deps, codec }, { partition, records, from })
  const isMissing = records.some(({ offset }) => isPassed(committed, offset) && !found.finals.has(offset))
  return isMissing ? findReceipts({ ...deps, codec }, { partition, records, from: 0 }) : found
}

function isPassed(committed: Committed | undefined, offset: number): boolean {
  return committed !== undefined && committed.offset > offset
}

/** From where a new owner reads the receipts: what is complete beyond the committed offset is all behind it. */
function receiptsFrom(committed: Committed | undefined): number {
  const metadata = decodeCommitMetadata(committed?.metadata ?? null)
  return 'receiptsFrom' in metadata ? metadata.receiptsFrom : 0
}

async function toHop(deps: TrailsDeps, found: FoundRecord, receipts: PartitionReceipts): Promise<Hop> {
  const story = storyOf(found, receipts)
  if (story.final !== null) return { ...found, ...story, waiting: null }
  const { partition, offset, key } = found
  const committed = deps.groups.dispatch.get(partition)
  const { dispatchIsRunning: isRunning } = deps.groups
  if (isPassed(committed, offset))
    return { ...found, ...story, waiting: { ahead: 0, isRunning, isPassed: true } }
  const done = new Set(receipts.ends.filter(({ lane }) => lane === key).map((end) => end.offset))
  for (const of of receipts.finals.keys()) done.add(of)
  const span = { partition, from: Math.min(offset, committed?.offset ?? 0), to: offset, key }
  const ahead = await countAhead(deps, span, (of) => done.has(of))
  return { ...found, ...story, waiting: { ahead, isRunning, isPassed: false } }
}

/** What happened in its lane from when it was queued until its end. */
export function storyOf(
  { offset, key, timestamp }: FoundRecord,
  { finals, holds, ends }: PartitionReceipts,
): Pick<Hop, 'final' | 'repeats' | 'holds' | 'before'> {
  const [final = null, ...repeats] = finals.get(offset) ?? []
  const untilMs = final?.recorded_at ?? Number.POSITIVE_INFINITY
  const isWithin = (atMs: number): boolean => atMs >= timestamp && atMs <= untilMs
  return {
    final,
    repeats,
    holds: holds.filter(
      ({ lane, held_until: heldUntil, recorded_at: atMs, dispatch_offset: of }) =>
        lane === key && of <= offset && (heldUntil ?? 0) > timestamp && atMs <= untilMs,
    ),
    before: new Set(
      ends
        .filter((end) => end.lane === key && end.offset < offset && isWithin(end.recordedAt))
        .map((end) => end.offset),
    ).size,
  }
}
