import { hostname } from 'node:os'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import type { ProcessStatus } from '../../core/records.ts'
import type { Kafka } from '../../kafka/client.ts'
import type { RecordCodec } from '../../kafka/record-codec.ts'
import { openStatusProducer, type StatusProducer } from '../../kafka/status-producer.ts'
import type { Stage } from '../../stage.ts'
import { settledWithin } from '../../system.ts'
import { packageVersion } from '../../version.ts'
import type { Health } from '../health.ts'
import type { Observer } from '../observer.ts'
import { createProcessStatus, type ProcessIdentity, processName } from './process-status.ts'
import type { StatusMemory } from './status-observer.ts'

export interface StatusWriterDeps {
  kafka: Kafka
  /** PREFIX.status. */
  topic: string
  codec: RecordCodec<ProcessStatus>
  stages: readonly Stage[]
  health: Pick<Health, 'readiness'>
  /** The configuration at work. */
  configVersion(): string
  memory: StatusMemory
  /** Where this process speaks for the group: when it last spoke of each cause. */
  notified(): ProcessStatus['notified']
  observer: Pick<Observer, 'statusFailed'>
  clock: Clock
  random: Random
  /** Default 2 s. */
  everyMs?: number
  /** How a producer is opened; Kafka's own unless a test stands in. */
  open?(): Promise<StatusProducer>
}

export interface StatusWriter {
  /** As the others know this process. */
  readonly process: string
  /** Takes the record back, so that nobody waits for this process; within half a second, or not at all. */
  stop(): Promise<void>
}

const EVERY_MS = 2_000
const STOP_MS = 500

/**
 * Tells the others, every 2 s, what this process is doing. One record is on its way at a time: where Kafka does not
 * take it in time the next ones are left out, and nothing else waits for it.
 */
export function startStatusWriter(deps: StatusWriterDeps): StatusWriter {
  const { clock, random, everyMs = EVERY_MS } = deps
  const host = hostname()
  const { pid } = process
  const identity: ProcessIdentity = {
    process: processName(host, pid, random()),
    host,
    pid,
    version: packageVersion(),
    startedAt: clock.nowMs(),
  }
  const topic = new StatusTopic(deps, identity)
  const timer = setInterval(() => topic.tick(), everyMs)
  topic.tick()
  return {
    process: identity.process,
    async stop() {
      clearInterval(timer)
      await settledWithin(topic.end(), STOP_MS)
    },
  }
}

class StatusTopic {
  readonly #deps: StatusWriterDeps
  readonly #identity: ProcessIdentity
  #producer: StatusProducer | null = null
  #sending: Promise<void> | null = null
  #hasWritten = false

  constructor(deps: StatusWriterDeps, identity: ProcessIdentity) {
    this.#deps = deps
    this.#identity = identity
  }

  tick(): void {
    this.#sending ??= this.#write().finally(() => {
      this.#sending = null
    })
  }

  async end(): Promise<void> {
    await this.#sending
    const producer = this.#producer
    this.#producer = null
    try {
      if (this.#hasWritten) await producer?.send(this.#identity.process, null)
    } catch (error) {
      this.#deps.observer.statusFailed({ error })
    }
    await producer?.close().catch(() => undefined)
  }

  async #write(): Promise<void> {
    const { kafka, topic, codec, observer, open = () => openStatusProducer(kafka, topic) } = this.#deps
    try {
      this.#producer ??= await open()
      await this.#producer.send(this.#identity.process, codec.encode(this.#status()))
      this.#hasWritten = true
    } catch (error) {
      observer.statusFailed({ error })
      const broken = this.#producer
      this.#producer = null
      await broken?.close().catch(() => undefined)
    }
  }

  #status(): ProcessStatus {
    const { stages, health, configVersion, memory, notified, clock } = this.#deps
    const facts = {
      identity: this.#identity,
      configVersion: configVersion(),
      stages,
      readiness: health.readiness(),
      deadLetters: memory.deadLetters(),
      reload: memory.reload(),
      notified: notified(),
    }
    return createProcessStatus(facts, clock.nowMs())
  }
}
