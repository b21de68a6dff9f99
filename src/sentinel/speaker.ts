import type { Config, NotifyConfig } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import type { NotifyCause } from '../core/outcome.ts'
import type { DispatchRecord, ProcessStatus } from '../core/records.ts'
import type { EventProducer } from '../kafka/event-producer.ts'
import type { RecordCodec } from '../kafka/record-codec.ts'
import type { Logger } from '../observe/logger.ts'
import type { Observer } from '../observe/observer.ts'
import { settledWithin, sleep } from '../system.ts'
import { latestTimes, type Notice, Notifier } from './notifier.ts'
import { isBroken, ownLane, ownMessage } from './own-message.ts'
import { QUIET_MS } from './watch.ts'

/** What all processes of the group say of themselves. */
export interface SentinelGroup {
  /** Of those that live. */
  processes(): readonly ProcessStatus[]
  /** Whatever any process, be it gone, has said of when bellhop last spoke. */
  notified(): readonly { cause: string; at: number }[]
  close(): Promise<void>
}

export interface SpeakerDeps {
  config: () => Config
  leads: () => boolean
  openGroup(): Promise<SentinelGroup>
  openProducer(topic: string): Promise<EventProducer>
  codec: RecordCodec<DispatchRecord>
  topics: { dispatch: string; status: string }
  observer: Pick<Observer, 'notified'>
  logger: Pick<Logger, 'warn'>
  clock: Clock
}

const LOOK_MS = 2_000
/** While what is to be said waits for its claim. */
const CLAIM_LOOK_MS = 500
const RETRY_MS = 10_000
const CLOSE_MS = 1_000
/** A process that has not looked for so long was frozen: it looks anew, as one that has just taken over. */
const FROZEN_MS = 15_000

/** A time in which this process leads, and `notify` is configured. */
interface Reign {
  group: SentinelGroup
  notifier: Notifier
  /** What is about to be said: since when, and when that cause was last spoken of before. */
  claims: Map<NotifyCause, { at: number; before: number | undefined }>
}

/**
 * Posts what the notifier has to say, while this process leads: as a record of the dispatch topic, so the pace and
 * order of the destination hold for it too. What cannot be queued is tried again as long as it holds. Nothing is
 * queued for a lane that is itself broken; a line in the log stands for it.
 *
 * It is claimed first: only when this process's own status, as the group reads it, says that it speaks of the cause
 * now, the message is queued. Whoever takes over from a process that is killed in between knows of it.
 */
export class Speaker {
  readonly #deps: SpeakerDeps
  readonly #stopped = new AbortController()
  readonly #running: Promise<void>
  /** When bellhop last spoke of each cause, as far as this process knows. */
  #spoken = new Map<NotifyCause, number>()
  readonly #logged = new Map<NotifyCause | 'failed', number>()
  #reign: Reign | null = null
  #lookedMs = -Infinity
  #lastNth = 0

  constructor(deps: SpeakerDeps) {
    this.#deps = deps
    this.#running = this.#run()
  }

  /** For the status record of this process. */
  notified(): { cause: NotifyCause; at: number }[] {
    return [...this.#spoken].map(([cause, at]) => ({ cause, at }))
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await settledWithin(this.#running, CLOSE_MS)
    await settledWithin(this.#endReign(), CLOSE_MS)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      const waitMs = await this.#look().catch((error: unknown) => this.#failed(error))
      await sleep(waitMs, signal)
    }
  }

  /** The broker is away, most likely: what is to be told is told as long as it holds. */
  #failed(error: unknown): number {
    if (!this.#stopped.signal.aborted && this.#mayLog('failed'))
      this.#deps.logger.warn({ error }, 'what bellhop has to tell of itself waits until it can be queued')
    return RETRY_MS
  }

  /** Gives how long until the next. */
  async #look(): Promise<number> {
    const { config, leads, clock } = this.#deps
    const { notify } = config()
    const wasFrozen = clock.monotonicMs() - this.#lookedMs > FROZEN_MS
    if (notify === null || !leads() || wasFrozen) await this.#endReign()
    if (notify === null || !leads()) return LOOK_MS
    try {
      this.#reign ??= await this.#beginReign()
      const reign = this.#reign
      if (reign === null) return LOOK_MS
      const processes = reign.group.processes()
      const notices = reign.notifier.look({ nowMs: clock.nowMs(), processes, settings: notify })
      for (const cause of reign.claims.keys()) {
        // What does not hold any more has not been spoken of.
        if (!notices.some((notice) => notice.cause === cause)) this.#dropClaim(reign, cause)
      }
      for (const notice of notices) {
        if (this.#mayBeSaid(reign, notice, { notify, processes })) await this.#say(reign, notice, notify)
      }
      return reign.claims.size > 0 ? CLAIM_LOOK_MS : LOOK_MS
    } finally {
      this.#lookedMs = clock.monotonicMs()
    }
  }

  /** Null where it comes too late. */
  async #beginReign(): Promise<Reign | null> {
    const group = await this.#deps.openGroup()
    if (this.#stopped.signal.aborted) {
      await group.close()
      return null
    }
    const nowMs = this.#deps.clock.nowMs()
    const said = [...group.notified(), ...group.processes().flatMap(({ notified }) => notified)]
    this.#spoken = latestTimes([...said, ...this.notified()], nowMs)
    return { group, notifier: new Notifier(this.#spoken), claims: new Map() }
  }

  async #endReign(): Promise<void> {
    const reign = this.#reign
    this.#reign = null
    await reign?.group.close()
  }

  /** Once it is claimed, and the group has read that; not where the lane is broken. */
  #mayBeSaid(
    reign: Reign,
    { cause, text }: Notice,
    { notify, processes }: { notify: NotifyConfig; processes: readonly ProcessStatus[] },
  ): boolean {
    const { claims } = reign
    const { destination } = notify
    const lane = ownLane(this.#deps.config(), destination)
    if (lane === null || isBroken(processes, { lane, destination })) {
      this.#dropClaim(reign, cause)
      this.#logInstead(cause, { destination, text })
      return false
    }
    const claim = claims.get(cause)
    if (claim === undefined) {
      const at = Math.round(this.#deps.clock.nowMs())
      claims.set(cause, { at, before: this.#spoken.get(cause) })
      this.#spoken.set(cause, at)
      return false
    }
    return processes.some(({ notified }) =>
      notified.some((said) => said.cause === cause && said.at === claim.at),
    )
  }

  #dropClaim({ claims }: Reign, cause: NotifyCause): void {
    const claim = claims.get(cause)
    if (claim === undefined) return
    claims.delete(cause)
    if (claim.before === undefined) this.#spoken.delete(cause)
    else this.#spoken.set(cause, claim.before)
  }

  async #say(
    { notifier, claims }: Reign,
    { cause, text }: Notice,
    { destination }: NotifyConfig,
  ): Promise<void> {
    const { config, leads, codec, topics, observer, clock } = this.#deps
    const configured = config()
    const lane = ownLane(configured, destination)
    this.#lastNth = Math.max(Math.round(clock.nowMs()), this.#lastNth + 1)
    const statusTopic = topics.status
    const record = ownMessage(configured, { destination, text, nth: this.#lastNth, statusTopic })
    const producer = await this.#deps.openProducer(topics.dispatch)
    try {
      if (this.#stopped.signal.aborted || !leads() || lane === null) return
      await producer.send([{ key: lane, value: codec.encode(record) }])
    } finally {
      void producer.close().catch(() => undefined)
    }
    const nowMs = Math.round(clock.nowMs())
    claims.delete(cause)
    notifier.told(cause, nowMs)
    this.#spoken.set(cause, nowMs)
    observer.notified({ cause, destination, detail: text })
  }

  #logInstead(cause: NotifyCause, { destination, text }: { destination: string; text: string }): void {
    if (!this.#mayLog(cause)) return
    this.#deps.logger.warn(
      { cause, destination },
      `${destination} is not told, since its own lane is broken: ${text}`,
    )
  }

  /** Each kind of line once in ten minutes. */
  #mayLog(what: NotifyCause | 'failed'): boolean {
    const nowMs = this.#deps.clock.monotonicMs()
    if (nowMs - (this.#logged.get(what) ?? -Infinity) < QUIET_MS) return false
    this.#logged.set(what, nowMs)
    return true
  }
}
