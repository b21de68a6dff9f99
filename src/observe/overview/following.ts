import type { Config } from '../../config/config.ts'
import type { Clock } from '../../core/clock.ts'
import type { TopicNames } from '../../core/topic-names.ts'
import type { Kafka } from '../../kafka/client.ts'
import type { RecordCodecs } from '../../kafka/record-codec.ts'
import { statusRecords } from '../status/group-status.ts'
import { GrowingTopic, type GrowingTopicOptions } from '../status/growing-topic.ts'
import { LogEnds } from './log-ends.ts'
import { OverviewModel } from './model.ts'
import type { Overview } from './overview.ts'

export interface OverviewSources {
  kafka: Kafka
  topics: TopicNames
  codecs: RecordCodecs
  /** As it is at work, or was given. */
  config(): Config
  /** What commands are to be given as `-c`; left out: nothing. */
  configPath?: string | null
  clock: Clock
}

const HISTORY_MS = 3_600_000
const MOST_HISTORY = 100_000
const LOOK_EVERY_MS = 500

/** Everything that an overview is made of, followed from its past on into a model, until it is closed. */
export class Following {
  readonly #model: OverviewModel
  readonly #status: GrowingTopic<unknown>
  /** What is read of the past before counts are whole. */
  readonly #history: readonly GrowingTopic<unknown>[]
  readonly #ends: LogEnds

  constructor(sources: OverviewSources) {
    const { kafka, topics, codecs, config, configPath = null, clock } = sources
    const model = new OverviewModel({ clock, config, configPath })
    const at = { ...sources, sinceMs: clock.nowMs() - HISTORY_MS }
    this.#model = model
    this.#status = new GrowingTopic(
      statusRecords({ kafka, topic: topics.status, codec: codecs.status, clock }, model.processes),
    )
    this.#history = [
      follow(at, {
        topic: topics.receipts,
        codec: codecs.receipt,
        onRecord: ({ record }) => void (record !== null && model.receipt(record)),
      }),
      follow(at, {
        topic: topics.dispatch,
        codec: codecs.dispatch,
        onRecord: ({ record, timestampMs }) => void (record !== null && model.queued(record, timestampMs)),
      }),
      ...fromTheBeginning(sources, model),
    ]
    const { dispatch, dispatchGroup, matchGroup } = topics
    this.#ends = new LogEnds({
      kafka,
      clock,
      watched: () => [
        ...config().kafka.events.map(({ topic }) => ({ stage: 'match', topic, groupId: matchGroup })),
        { stage: 'dispatch', topic: dispatch, groupId: dispatchGroup },
      ],
    })
  }

  /** Who lives is known. */
  get knowsProcesses(): boolean {
    return this.#status.isCaughtUp
  }

  overview(): Overview {
    const done = this.#history.every(({ isCaughtUp }) => isCaughtUp)
    const readRecords = this.#history.reduce((sum, { read }) => sum + read, 0)
    const cuts = this.#history.map(({ wholeSinceMs }) => wholeSinceMs).filter((cut) => cut !== null)
    const wholeSince = cuts.length === 0 ? null : Math.max(...cuts)
    return this.#model.at({ history: { done, readRecords, wholeSince }, topics: this.#ends.topics() })
  }

  async close(): Promise<void> {
    await Promise.all([this.#status, ...this.#history, this.#ends].map((source) => source.close()))
  }
}

type From = Pick<OverviewSources, 'kafka' | 'clock'> & { sinceMs: number | null }

function follow<T>(
  { kafka, clock, sinceMs }: From,
  heard: Pick<GrowingTopicOptions<T>, 'topic' | 'codec' | 'onRecord' | 'begins'>,
): GrowingTopic<T> {
  const mostRecords = sinceMs === null ? null : MOST_HISTORY
  return new GrowingTopic({ kafka, clock, sinceMs, mostRecords, everyMs: LOOK_EVERY_MS, ...heard })
}

/** What counts however long ago it was written. */
function fromTheBeginning(sources: OverviewSources, model: OverviewModel): GrowingTopic<unknown>[] {
  const { topics, codecs } = sources
  const at = { ...sources, sinceMs: null }
  return [
    follow(at, {
      topic: topics.deadLetters,
      codec: codecs.deadLetter,
      begins: (partition, offset) => model.lettersBegin(partition, offset),
      onRecord: ({ record, partition }) => void (record !== null && model.letter(record, partition)),
    }),
    follow(at, {
      topic: topics.controls,
      codec: codecs.control,
      onRecord: ({ key, record }) => void (key !== null && model.control(key, record)),
    }),
  ]
}
