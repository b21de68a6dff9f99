import type { EventRecord } from '../../event/event.ts'
import type { EventFormats } from '../../event/event-formats.ts'
import { missingSchemas } from '../../event/missing-schemas.ts'
import { toEventRecord } from '../../kafka/event-record.ts'
import type { SchemaStore } from '../../registry/schema-store.ts'
import { type LogSpan, type Logs, scanLog, spansOf } from './logs.ts'
import { createMessageIdMention } from './needles.ts'

/** Offsets that are behind us, of all; `done`: the same, as there is nothing else to count. */
export interface SearchProgress {
  passed: number
  total: number
  done: number
}

export interface MessageIdSearch {
  id: string
  topics: readonly string[]
  sinceMs: number
  progress: (at: SearchProgress) => void
  signal: AbortSignal
}

export interface FoundEvents {
  /** The newest that carry the id, oldest first. */
  newest: readonly EventRecord[]
  /** How many carry it. */
  all: number
  /** Records that were looked at. */
  read: number
}

/** A producer that gives all of its events one id must not fill the memory. */
const MOST_KEPT = 20

/** The events of some topics since a time that carry a messageId. A topic that does not exist holds none. */
export async function findByMessageId(
  deps: { logs: Logs; formats: EventFormats; schemas: SchemaStore },
  search: MessageIdSearch,
): Promise<FoundEvents> {
  const { logs, formats, schemas } = deps
  const { id, signal, progress } = search
  const plan = await planOf(logs, search)
  const total = plan.reduce(
    (sum, { spans }) => sum + spans.reduce((all, { from, to }) => all + to - from, 0),
    0,
  )
  const mentions = createMessageIdMention(id)
  let [newest, all, passed] = [[] as EventRecord[], 0, 0]
  for (const { topic, reader, spans } of plan) {
    await scanLog<EventRecord>(reader, {
      spans,
      signal,
      make({ value, ...record }, { partition }) {
        if (value === null || (mentions !== null && !mentions(value))) return null
        return toEventRecord({ ...record, value }, { topic, partition })
      },
      async visit(records, at) {
        const missing = missingSchemas(records, formats)
        if (missing.size > 0) await schemas.learn(missing)
        const carrying = records.filter((record) => messageIdOf(record, formats) === id)
        all += carrying.length
        newest = [...newest, ...carrying].sort((a, b) => a.timestamp - b.timestamp).slice(-MOST_KEPT)
        passed += at.passed
        progress({ passed, total, done: passed })
        return true
      },
    })
  }
  return { newest, all, read: total }
}

async function planOf(logs: Logs, { topics, sinceMs }: MessageIdSearch) {
  const plan: {
    topic: string
    reader: NonNullable<Awaited<ReturnType<Logs['reader']>>>
    spans: LogSpan[]
  }[] = []
  for (const topic of topics) {
    const reader = await logs.reader(topic)
    if (reader !== null) plan.push({ topic, reader, spans: await spansOf(reader, sinceMs) })
  }
  return plan
}

function messageIdOf({ topic, value }: EventRecord, formats: EventFormats): string | null {
  const decoded = value === null ? null : formats(topic).decode(value)
  if (decoded?.kind !== 'event') return null
  const { messageId } = decoded.event
  return ['string', 'number', 'bigint'].includes(typeof messageId) ? String(messageId) : null
}
