import type { Config } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import type { EventProducer } from '../kafka/event-producer.ts'
import type { Observer } from '../observe/observer.ts'
import { settledWithin, sleep } from '../system.ts'
import { canaryEvent, canaryTopic } from './canary-event.ts'

export interface CanarySenderDeps {
  config: () => Config
  leads: () => boolean
  openProducer(topic: string): Promise<EventProducer>
  observer: Pick<Observer, 'canarySent' | 'canaryFailed'>
  clock: Clock
}

/** How soon a change of leader or of the configuration is noticed. */
const NOTICE_MS = 1_000
const CLOSE_MS = 500

/**
 * Sends the canary while this process leads, at the multiples of its interval by the wall clock: whoever takes over
 * goes on with the same schedule. What is due while the one before is still on its way to the broker is left out, so
 * an outage of the broker is followed by one canary, not by all that it kept back.
 */
export class CanarySender {
  readonly #deps: CanarySenderDeps
  readonly #stopped = new AbortController()
  readonly #running: Promise<void>
  /** The last turn that has been seen; null while there is none to be sent from here. */
  #turn: { everyMs: number; nth: number } | null = null
  #producer: { topic: string; open: EventProducer } | null = null
  #sending: Promise<void> | null = null

  constructor(deps: CanarySenderDeps) {
    this.#deps = deps
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#running
    await settledWithin(this.#closeProducer(), CLOSE_MS)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) await sleep(this.#beat(), signal)
  }

  /** Gives how long until the next. */
  #beat(): number {
    const { config, leads, clock } = this.#deps
    const { canary } = config()
    if (canary === null || !leads()) {
      this.#turn = null
      if (this.#sending === null) void this.#closeProducer()
      return NOTICE_MS
    }
    const { everyMs } = canary
    const nowMs = clock.nowMs()
    const nth = Math.floor(nowMs / everyMs)
    const isNext = this.#turn?.everyMs === everyMs && this.#turn.nth !== nth
    this.#turn = { everyMs, nth }
    if (isNext) {
      this.#sending ??= this.#send(nth, nowMs).finally(() => {
        this.#sending = null
      })
    }
    return Math.min(NOTICE_MS, (nth + 1) * everyMs - nowMs)
  }

  async #send(nth: number, timestampMs: number): Promise<void> {
    const { config, leads, observer } = this.#deps
    const { kafka } = config()
    const { topic, isJson } = canaryTopic(kafka)
    try {
      const producer = await this.#producerFor(topic)
      if (this.#stopped.signal.aborted || !leads()) return
      await producer.send([canaryEvent({ prefix: kafka.prefix, nth, timestampMs, isJson })])
      observer.canarySent({ topic })
    } catch (error) {
      await this.#closeProducer()
      if (!this.#stopped.signal.aborted) observer.canaryFailed({ error })
    }
  }

  async #producerFor(topic: string): Promise<EventProducer> {
    if (this.#producer?.topic === topic) return this.#producer.open
    await this.#closeProducer()
    const open = await this.#deps.openProducer(topic)
    if (this.#stopped.signal.aborted) await open.close()
    else this.#producer = { topic, open }
    return open
  }

  async #closeProducer(): Promise<void> {
    const producer = this.#producer
    this.#producer = null
    await producer?.open.close().catch(() => undefined)
  }
}
