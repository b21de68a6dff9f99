import type { Clock } from '../../core/clock.ts'
import type { Admin, Kafka } from '../../kafka/client.ts'
import { committedOffsets, type LogRange, logRanges } from '../../kafka/offsets.ts'
import { settledWithin, sleep } from '../../system.ts'
import type { StageTopic } from './stage-views.ts'

/** A stage's topic, and the group that reads it. */
export interface WatchedTopic {
  stage: string
  topic: string
  groupId: string
}

const RANGES_EVERY_MS = 2_000
const COMMITTED_EVERY_MS = 5_000
const ANSWER_MS = 5_000
const CLOSE_MS = 500

/**
 * Asks the broker, again and again, where the stages' topics end and what their groups have committed: the lag of
 * partitions that nobody holds is known by nothing else. While it does not answer, its last word stays.
 */
export class LogEnds {
  readonly #kafka: Kafka
  readonly #watched: () => readonly WatchedTopic[]
  readonly #clock: Clock
  readonly #stopped = new AbortController()
  readonly #working: Promise<void>
  readonly #ranges = new Map<string, ReadonlyMap<number, LogRange>>()
  readonly #committed = new Map<string, ReadonlyMap<number, number>>()
  #admin: Admin | null = null
  #committedAtMs = Number.NEGATIVE_INFINITY

  constructor(deps: { kafka: Kafka; clock: Clock; watched(): readonly WatchedTopic[] }) {
    this.#kafka = deps.kafka
    this.#clock = deps.clock
    this.#watched = deps.watched
    this.#working = this.#work()
  }

  topics(): StageTopic[] {
    return this.#watched().map(({ stage, topic }) => ({
      stage,
      topic,
      ranges: this.#ranges.get(topic) ?? null,
      committed: this.#committed.get(`${stage}/${topic}`) ?? new Map(),
    }))
  }

  async close(): Promise<void> {
    this.#stopped.abort()
    await settledWithin(Promise.allSettled([this.#working, this.#disconnect()]), CLOSE_MS)
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      const asking = this.#ask()
      asking.catch(() => undefined)
      const answered = (await settledWithin(asking, ANSWER_MS)) && (await succeeded(asking))
      if (!answered) await settledWithin(this.#disconnect(), CLOSE_MS)
      await sleep(RANGES_EVERY_MS, signal)
    }
    await this.#disconnect()
  }

  async #ask(): Promise<void> {
    if (this.#admin === null) {
      const admin = this.#kafka.admin({ retry: { retries: 1 } })
      this.#admin = admin
      await admin.connect()
    }
    const admin = this.#admin
    const nowMs = this.#clock.monotonicMs()
    const asksCommitted = nowMs - this.#committedAtMs >= COMMITTED_EVERY_MS
    const existing = new Set(await admin.listTopics())
    for (const { stage, topic, groupId } of this.#watched()) {
      if (!existing.has(topic)) continue
      this.#ranges.set(topic, await logRanges(admin, topic))
      if (!asksCommitted) continue
      const committed = await committedOffsets(admin, { groupId, topic })
      const offsets = [...committed].map(([partition, { offset }]): [number, number] => [partition, offset])
      this.#committed.set(`${stage}/${topic}`, new Map(offsets))
    }
    if (asksCommitted) this.#committedAtMs = nowMs
  }

  async #disconnect(): Promise<void> {
    const admin = this.#admin
    this.#admin = null
    await admin?.disconnect().catch(() => undefined)
  }
}

function succeeded(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  )
}
