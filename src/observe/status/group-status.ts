import type { Clock } from '../../core/clock.ts'
import { NOTIFY_CAUSES } from '../../core/outcome.ts'
import type { ProcessStatus } from '../../core/records.ts'
import type { Kafka } from '../../kafka/client.ts'
import type { RecordCodec } from '../../kafka/record-codec.ts'
import { settledWithin } from '../../system.ts'
import { GrowingTopic, type GrowingTopicOptions } from './growing-topic.ts'
import { ProcessBook } from './process-book.ts'

/** What all processes of the group say of themselves, as far as it has come to us. */
export interface GroupStatus {
  /** Of those that live: heard of within 15 s, and not stopped in order. */
  processes(): readonly ProcessStatus[]
  /** Whatever any process, be it gone, has said of when bellhop last spoke; a cause may stand there more than once. */
  notified(): ProcessStatus['notified']
  close(): Promise<void>
}

export interface GroupStatusDeps {
  kafka: Kafka
  /** PREFIX.status. */
  topic: string
  codec: RecordCodec<ProcessStatus>
  clock: Clock
}

const LOOK_BACK_MS = 120_000
const LOOK_EVERY_MS = 500
const FIRST_LOOK_MS = 3_000

/** Follows PREFIX.status without a group; resolves when what lies there is read, or after 3 s: it goes on by itself. */
export async function openGroupStatus(deps: GroupStatusDeps): Promise<GroupStatus> {
  const book = new ProcessBook()
  const { clock } = deps
  const lastNotified = new Map<string, number>()
  const records = statusRecords(deps, book)
  const topic = new GrowingTopic<ProcessStatus>({
    ...records,
    onRecord(grown) {
      records.onRecord(grown)
      for (const { cause, at } of grown.record?.notified ?? []) {
        if (isNotifyCause(cause)) lastNotified.set(cause, Math.max(at, lastNotified.get(cause) ?? at))
      }
    },
  })
  await settledWithin(topic.caughtUp, FIRST_LOOK_MS)
  return {
    processes: () =>
      book
        .processes(clock.monotonicMs())
        .filter(({ gone }) => !gone)
        .map(({ status }) => status),
    notified: () => [...lastNotified].map(([cause, at]) => ({ cause, at })),
    close: () => topic.close(),
  }
}

/** What a newer version may speak of is none of ours, and must not fill the memory. */
function isNotifyCause(cause: string): boolean {
  return NOTIFY_CAUSES.some((known) => known === cause)
}

/** How PREFIX.status is followed into a book of processes. */
export function statusRecords(deps: GroupStatusDeps, book: ProcessBook): GrowingTopicOptions<ProcessStatus> {
  const { clock } = deps
  return {
    ...deps,
    sinceMs: clock.nowMs() - LOOK_BACK_MS,
    mostRecords: null,
    everyMs: LOOK_EVERY_MS,
    looked: () => book.looked(clock.monotonicMs()),
    onRecord({ key, record, isOld, timestampMs }) {
      if (record === null) {
        if (key !== null) book.ended(key)
        return
      }
      const ageMs = isOld ? clock.nowMs() - timestampMs : 0
      book.note(record, { ageMs, monotonicMs: clock.monotonicMs() })
    },
  }
}
