import type { Config } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import type { DeadLetter } from '../core/records.ts'
import type { EventRecord } from '../event/event.ts'
import { createEventFormats } from '../event/event-formats.ts'
import { missingSchemas } from '../event/missing-schemas.ts'
import { toRawEvent } from '../event/raw-event.ts'
import { createDeadLetterRecord } from '../kafka/dead-letters.ts'
import { PartitionConsumer } from '../kafka/partition-consumer.ts'
import { settleStartOffsets } from '../kafka/start-offsets.ts'
import { TransactionalOwner } from '../kafka/transactional-consumer.ts'
import { type OutgoingRecord, openTransactionalWriter } from '../kafka/transactional-writer.ts'
import type { Observer } from '../observe/observer.ts'
import { partitionStatus } from '../observe/status/partition-status.ts'
import type { Stage, StageDeps } from '../stage.ts'
import { createMatcher, type Failure, type Matched } from './match-event.ts'

/**
 * Events to dispatch records, exactly once: what a batch of events gives, poison included, is written in one
 * transaction with the offsets of the batch.
 */
export function createMatchStage(deps: StageDeps): Stage {
  const { config, kafka, admin, topics, observer, signal } = deps
  const { openWriter = (id: string) => openTransactionalWriter(kafka, id) } = deps
  const { transform, prepare } = createTransform(deps)
  const consumer = new PartitionConsumer({
    ...deps,
    stage: 'match',
    groupId: topics.matchGroup,
    topics: config.kafka.events.map(({ topic }) => topic),
    together: false,
    sessionTimeoutMs: config.kafka.sessionTimeoutMs,
    own: (partition) =>
      new TransactionalOwner({ ...deps, groupId: topics.matchGroup, partition, transform, openWriter }),
  })

  return {
    name: 'match',
    prepare,
    async start() {
      const settled = await settleStartOffsets({
        kafka,
        admin,
        groupId: topics.matchGroup,
        topics: config.kafka.events,
        historyTopic: topics.dispatch,
        marksHistory: true,
        override: deps.startOverride,
        signal,
      })
      if (settled) await consumer.start()
    },
    async stop() {
      await consumer.stop()
    },
    trouble: () => consumer.trouble(),
    partitions: () => consumer.places().map((place) => partitionStatus('match', place)),
    noteRanges(ranges) {
      consumer.noteRanges(ranges)
      for (const held of consumer.held()) {
        const { topic, partition } = held
        const [at, range] = [held.position(), ranges.get(topic)?.get(partition)]
        if (at === null || range === undefined) continue
        observer.partitionLag({ stage: 'match', topic, partition, lag: Math.max(0, range.high - at) })
      }
    },
  }
}

type Transform = (records: readonly EventRecord[]) => Promise<OutgoingRecord[]>

/** What a configuration makes of events. */
function createRules({ config, schemas }: Pick<StageDeps, 'config' | 'schemas'>) {
  const formats = createEventFormats(config.kafka.events, schemas)
  return { formats, match: createMatcher(config, formats) }
}

function createTransform(deps: StageDeps): { transform: Transform } & Pick<Stage, 'prepare'> {
  const { codecs, topics, observer, clock, schemas } = deps
  let rules = createRules(deps)
  const deadLetter = createDeadLetterRecord({ codec: codecs.deadLetter, topic: topics.deadLetters })
  const transform: Transform = async (records) => {
    // One configuration for the whole batch, whatever is reloaded meanwhile.
    const { formats, match } = rules
    const missing = missingSchemas(records, formats)
    if (missing.size > 0) await schemas.learn(missing)
    const outgoing: OutgoingRecord[] = []
    const matches = new Map<string, number>()
    for (const record of records) {
      const matched = match(record)
      for (const { key, record: value } of matched.messages) {
        outgoing.push({ topic: topics.dispatch, key, value: codecs.dispatch.encode(value) })
      }
      for (const failure of matched.failures) {
        outgoing.push(deadLetter(eventDeadLetter(record, failure, clock), record.key))
      }
      report(matched, record, { observer, matches })
    }
    for (const [action, count] of matches) observer.actionMatched({ action, count })
    return outgoing
  }
  const prepare = (config: Config) => {
    const next = createRules({ config, schemas })
    return () => {
      rules = next
    }
  }
  return { transform, prepare }
}

function report(
  matched: Matched,
  record: EventRecord,
  to: { observer: Observer; matches: Map<string, number> },
): void {
  for (const action of matched.actions) to.matches.set(action, (to.matches.get(action) ?? 0) + 1)
  for (const action of matched.cut) to.observer.messageCut({ action, count: 1 })
  for (const { cause, detail, action } of matched.failures) {
    const { topic, partition, offset } = record
    to.observer.eventDeadLettered({ topic, partition, offset, cause, detail, action })
  }
}

function eventDeadLetter(record: EventRecord, failure: Failure, clock: Clock): DeadLetter {
  return {
    kind: 'event',
    cause: failure.cause,
    detail: failure.detail,
    attempts: 0,
    answer: null,
    message: null,
    event: toRawEvent(record),
    action: failure.action,
    destination: failure.destination,
    replays: null,
    recorded_at: Math.round(clock.nowMs()),
  }
}
