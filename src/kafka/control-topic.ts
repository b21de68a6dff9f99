import type { Kafka } from 'kafkajs'
import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Control } from '../core/records.ts'
import type { Controls } from '../dispatch/controls.ts'
import { SchemaNotYetKnown } from '../registry/registry-errors.ts'
import { sleep } from '../system.ts'
import { placeIn, sayingWhatIsForbidden } from './control-keys.ts'
import { type ControlChange, ControlSet } from './control-set.ts'
import type { LogRange } from './offsets.ts'
import type { RecordCodec } from './record-codec.ts'
import { TopicEnds } from './topic-ends.ts'
import { type FollowedPortion, openTopicFollower, type TopicFollower } from './topic-follower.ts'

/**
 * bellhop.controls: what is silenced and paused. Whoever opens it knows all that is in force before the promise
 * resolves, and follows the topic from there without a consumer group, so that every process obeys within a second.
 * While the broker is away what was known stays in force; reading goes on from where it was.
 */
export interface LiveControls extends Controls {
  /** In force now, by destination; a destination's pause before its silence. */
  list(): Control[]
  close(): Promise<void>
}

export interface OpenControlsDeps {
  kafka: Kafka
  topic: string
  codec: RecordCodec<Control>
  clock: Clock
  /** What is in force is other than before: said by a person, or ended by itself. */
  changed(): void
  /** Records were passed over, or the topic cannot be read for now: for the log. */
  warn?(text: string, fields: Record<string, unknown>): void
}

/** A record of the topic, undecoded. */
interface RawControl {
  partition: number
  offset: number
  key: Buffer | null
  value: Buffer | null
}

const RETRY_MS = 1_000
/** A registry's replicas may learn of a schema a moment later. */
const UNKNOWN_SCHEMA_MS = 5_000
/** A broker answers with nothing where nothing is, or now and then where it is busy: so often in a row it is not. */
const EMPTY_ANSWERS = 12
/** A broker refuses at once who may not read, and lets others wait where nothing is. */
const REFUSED_WITHIN_MS = 100

/**
 * @throws {AppError} topic_missing; topic_unsuitable where this user may not read it: nothing that is said would be obeyed.
 * @throws where Kafka, or the registry that Avro needs, does not answer.
 */
export async function openControls(deps: OpenControlsDeps): Promise<LiveControls> {
  const { topic } = deps
  const controls = await sayingWhatIsForbidden({ topic, permission: 'Read' }, () => openFollowed(deps))
  controls.follow()
  return controls
}

async function openFollowed(deps: OpenControlsDeps): Promise<FollowedControls> {
  const { kafka, topic } = deps
  const follower = await openTopicFollower(
    kafka,
    { topic, from: { at: 'earliest' } },
    (partition) =>
      ({ key, value }, offset): RawControl => ({ partition, offset, key, value }),
  )
  if (follower === null) {
    throw new AppError(
      'topic_missing',
      `topic ${topic} does not exist: bellhop has not run on this cluster yet, or has run with another kafka.prefix.`,
    )
  }
  const controls = new FollowedControls(deps, follower)
  try {
    await controls.catchUp()
  } catch (error) {
    await controls.close()
    throw error
  }
  return controls
}

class FollowedControls implements LiveControls {
  readonly #deps: OpenControlsDeps
  readonly #follower: TopicFollower<RawControl>
  readonly #set: ControlSet
  readonly #closed = new AbortController()
  /** What was read and is not in the set: its schema could not be learnt yet. */
  #pending: RawControl[] = []
  #following: Promise<void> = Promise.resolve()
  /** Asked for before following began. */
  #asked: Promise<FollowedPortion<RawControl>[]> | null = null

  constructor(deps: OpenControlsDeps, follower: TopicFollower<RawControl>) {
    this.#deps = deps
    this.#follower = follower
    this.#set = new ControlSet(deps.clock, () => deps.changed())
  }

  isPaused(destination: string): boolean {
    return this.#set.isPaused(destination)
  }

  silenceAt(destination: string, nowMs: number): Control | null {
    return this.#set.silenceAt(destination, nowMs)
  }

  list(): Control[] {
    return this.#set.list()
  }

  async close(): Promise<void> {
    this.#closed.abort()
    this.#set.close()
    await this.#follower.close()
    await this.#following
  }

  /** Reads what the topic holds by now. */
  async catchUp(): Promise<void> {
    const behind = new Map([...(await this.#ends())].filter(([, { low, high }]) => high > low))
    if (behind.size === 0) await this.#ask()
    let empty = 0
    while (behind.size > 0 && empty < EMPTY_ANSWERS) {
      const portions = await this.#follower.poll()
      empty = portions.length === 0 ? empty + 1 : 0
      for (const { partition, records } of portions) {
        this.#pending.push(...records)
        // What a transaction ends with is never seen: then the empty answers tell.
        const last = records.at(-1)?.offset ?? -1
        if (last + 1 >= (behind.get(partition)?.high ?? 0)) behind.delete(partition)
      }
    }
    await this.#takePending()
    this.#set.begin()
  }

  /** Fails where even what is said later could not be read. */
  async #ask(): Promise<void> {
    this.#asked = this.#follower.poll()
    await Promise.race([this.#asked, sleep(REFUSED_WITHIN_MS, this.#closed.signal)])
  }

  #poll(): Promise<FollowedPortion<RawControl>[]> {
    const asked = this.#asked ?? this.#follower.poll()
    this.#asked = null
    return asked
  }

  follow(): void {
    this.#following = this.#follow()
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closed
    let failing = false
    while (!signal.aborted) {
      try {
        const portions = this.#pending.length > 0 ? [] : await this.#poll()
        this.#pending.push(...portions.flatMap(({ records }) => records))
        await this.#takePending()
        failing = false
      } catch (error) {
        if (signal.aborted) return
        if (!failing)
          this.#warn('what is silenced and paused cannot be read; what was known stays', { error })
        failing = true
        await sleep(RETRY_MS, signal)
      }
    }
  }

  async #ends(): Promise<Map<number, LogRange>> {
    const ends = new TopicEnds(this.#deps.kafka, this.#deps.topic)
    try {
      return await ends.ask()
    } finally {
      await ends.close()
    }
  }

  /** All or, where the registry does not answer, nothing. */
  async #takePending(): Promise<void> {
    if (this.#pending.length === 0) return
    await this.#learn(this.#pending)
    const taken = this.#pending
    this.#pending = []
    const unreadable: string[] = []
    const changes = taken.flatMap((record) => {
      const read = this.#read(record)
      if (typeof read !== 'string') return [read]
      unreadable.push(`${this.#deps.topic}:${record.partition}:${record.offset}: ${read}`)
      return []
    })
    if (unreadable.length > 0) {
      const fields = { records: unreadable.length, first: unreadable[0] }
      this.#warn('records in the topic of silences and pauses were passed over: they are none', fields)
    }
    this.#set.take(changes)
  }

  /**
   * Whoever writes a control has registered its schema first, so one that stays unknown is nobody's of ours. Nor is a
   * registry that is not configured a reason to know nothing of the rest.
   */
  async #learn(records: readonly RawControl[]): Promise<void> {
    const { codec, clock } = this.#deps
    const { signal } = this.#closed
    const patienceEndsMs = clock.monotonicMs() + UNKNOWN_SCHEMA_MS
    while (!signal.aborted) {
      try {
        await codec.learn(records)
        return
      } catch (error) {
        if (error instanceof AppError) return
        if (!(error instanceof SchemaNotYetKnown)) throw error
        if (clock.monotonicMs() >= patienceEndsMs) return
      }
      await sleep(RETRY_MS, signal)
    }
  }

  /** A text says what is wrong with it. */
  #read({ key, value }: RawControl): ControlChange | string {
    const place = placeIn(key)
    if (place === null) return 'its key names no silence or pause'
    if (value === null) return { ...place, control: null }
    const missing = this.#deps.codec.missingSchema(value)
    if (missing !== null) return `schema ${missing} is not known`
    const decoded = this.#deps.codec.decode(value)
    if (decoded.kind !== 'record') return decoded.detail
    const { kind, destination } = decoded.record
    if (kind !== place.kind || destination !== place.destination) return 'it says another thing than its key'
    return { ...place, control: decoded.record }
  }

  #warn(text: string, fields: Record<string, unknown>): void {
    this.#deps.warn?.(text, { topic: this.#deps.topic, ...fields })
  }
}
