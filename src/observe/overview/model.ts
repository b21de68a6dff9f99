import type { Config } from '../../config/config.ts'
import type { Clock } from '../../core/clock.ts'
import type { Control, DeadLetter, DispatchRecord, ProcessStatus, Receipt } from '../../core/records.ts'
import { ProcessBook, type SeenProcess } from '../status/process-book.ts'
import { ActionCounts } from './action-counts.ts'
import { type LaneKeys, LastReceipts, laneKeysOf, laneViews } from './lane-views.ts'
import { LetterCounts } from './letter-counts.ts'
import type { Overview, ProcessView } from './overview.ts'
import { RecentMessages } from './recent-messages.ts'
import { type StageTopic, stageViews } from './stage-views.ts'

export interface OverviewModelDeps {
  clock: Clock
  /** As it is at work, or was given. */
  config(): Pick<Config, 'actions' | 'destinations' | 'kafka'>
  /** What the reader gives as `-c`; null where nothing. */
  configPath: string | null
}

interface Configured {
  config: ReturnType<OverviewModelDeps['config']>
  kafka: Config['kafka']
  destinations: Config['destinations']
  keys: LaneKeys
}

/** Whoever may write controls could name any number. */
const MOST_CONTROLS = 10_000

/**
 * Makes the overview of what flows past: status records, receipts, dispatch records, dead letters and controls, in
 * any order among each other. What it remembers is bounded, whatever flows and however long.
 */
export class OverviewModel {
  /** Who lives; filled by whoever follows the status topic. */
  readonly processes = new ProcessBook()
  readonly #messages = new RecentMessages()
  readonly #actions = new ActionCounts()
  readonly #letters = new LetterCounts()
  readonly #last = new LastReceipts()
  readonly #controls = new Map<string, Control>()
  readonly #deps: OverviewModelDeps
  #configured: Configured | null = null

  constructor(deps: OverviewModelDeps) {
    this.#deps = deps
    this.#configure()
  }

  queued(record: DispatchRecord, queuedAtMs: number): void {
    const atMs = this.#notAfterNow(queuedAtMs)
    this.#messages.queued(record, atMs)
    this.#actions.queued(record, atMs)
  }

  receipt(receipt: Receipt): void {
    const word = { ...receipt, recorded_at: this.#notAfterNow(receipt.recorded_at) }
    this.#messages.word(word)
    this.#actions.ended(word)
    this.#last.note(word)
  }

  /** Reading of the dead letters begins there: marks of what lies before count for nothing. */
  lettersBegin(partition: number, offset: number): void {
    this.#letters.begins(partition, offset)
  }

  letter(letter: DeadLetter, partition: number): void {
    this.#letters.add(letter, partition)
  }

  /** Null takes back what was said. */
  control(key: string, control: Control | null): void {
    if (control === null) this.#controls.delete(key)
    else if (this.#controls.has(key) || this.#controls.size < MOST_CONTROLS) this.#controls.set(key, control)
  }

  /** @param topics in any order; what processes tell beyond them is shown too. */
  at({ history, topics }: { history: Overview['history']; topics: readonly StageTopic[] }): Overview {
    const { clock, configPath } = this.#deps
    const { keys, kafka, destinations } = this.#configure()
    const nowMs = clock.nowMs()
    const processes = this.processes.processes(clock.monotonicMs())
    const living = processes.filter(({ gone }) => !gone).map(({ status }) => status)
    const controls = this.#inForce(nowMs)
    const paused = new Set(controls.filter(({ kind }) => kind === 'pause').map((by) => by.destination))
    const isPaused = (id: string): boolean => paused.has(id)
    return {
      at: Math.round(nowMs),
      prefix: kafka.prefix,
      history,
      processes: processes.map((seen) => processView(seen, nowMs)),
      stages: stageViews(processes, topics),
      lanes: laneViews({ processes, destinations, keys, last: this.#last, isPaused, nowMs }),
      lanesTotal: sum(living, ({ lanes_total }) => lanes_total),
      waiting: sum(living, ({ waiting }) => waiting),
      messages: this.#messages.views(),
      actions: this.#actions.views(nowMs),
      letters: this.#letters.views(configPath),
      controls,
    }
  }

  /** The configuration that counts now, with what is made of it once. */
  #configure(): Configured {
    const config = this.#deps.config()
    if (this.#configured?.config === config) return this.#configured
    const { kafka, destinations } = config
    this.#configured = { config, kafka, destinations, keys: laneKeysOf(destinations) }
    this.#actions.configure(config)
    return this.#configured
  }

  /** A clock that is ahead of ours must not put all else into the past. */
  #notAfterNow(atMs: number): number {
    return Math.min(atMs, Math.round(this.#deps.clock.nowMs()))
  }

  #inForce(nowMs: number): Control[] {
    return [...this.#controls.values()]
      .filter(({ until }) => until === null || until > nowMs)
      .sort((a, b) => (`${a.kind}/${a.destination}` < `${b.kind}/${b.destination}` ? -1 : 1))
  }
}

function sum(statuses: readonly ProcessStatus[], of: (status: ProcessStatus) => number): number {
  return statuses.reduce((total, status) => total + of(status), 0)
}

function processView({ status, quietMs, gone }: SeenProcess, nowMs: number): ProcessView {
  const { process, host, pid, version, stages, ready, trouble } = status
  return {
    process,
    host,
    pid,
    version,
    configVersion: status.config_version,
    stages,
    startedAt: status.started_at,
    seenAt: Math.round(nowMs - quietMs),
    ready,
    trouble,
    gone,
  }
}
