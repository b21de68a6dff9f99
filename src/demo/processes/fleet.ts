/**
 * The demo's `bellhop run` processes: two on one configuration. Faults strike the second alone, so that the first
 * one's status page can be watched from beginning to end.
 */

import type { Observer } from '../../observe/observer.ts'
import { sleep } from '../../system.ts'
import { type BellhopProcess, startProcess } from './bellhop-process.ts'
import { isAtLeast, isNews, type LineLevel, type LogLine } from './log-line.ts'
import { createOwnership, type Ownership } from './ownership.ts'

export interface FleetOptions {
  configFile: string
  dispatchTopic: string
  env: Record<string, string | undefined>
  /** Shows every line from this level on; null: warnings and worse that the demo did not bring about. */
  logLevel: LineLevel | null
  /** Takes what a person is to see of the logs. */
  show(line: string): void
  /** Makes text harmless on a terminal, and takes secrets out. */
  plain(text: string): string
  signal: AbortSignal
}

export interface Fleet {
  /** Of the first process: where health, metrics and the status page are served. */
  readonly httpUrl: string
  readonly ownership: Ownership
  /** Destinations whose trouble is the demo's own doing: the log lines of it are not shown. */
  readonly struck: Set<string>
  /** The process that faults strike. */
  readonly second: string
  /** Rejects when a process ends that was not told to. */
  readonly died: Promise<never>
  /** The destination's last poster was killed, and another process works on what it had: that one knows no breaker. */
  isForgotten(destination: string): boolean
  /** kill -9 for the second; gives when it was sent and when the process was gone, and what it leaves. */
  killSecond(): Promise<{ killedAtMs: number; goneAtMs: number; orphans: readonly number[] }>
  /** Another one in its place; resolves when it is ready. */
  replaceSecond(): Promise<void>
  /** Runs another command on the same configuration to its end, which comes early once the signal is aborted. */
  command(
    name: string,
    args: readonly string[],
    signal: AbortSignal,
  ): Promise<{ ended: string; output: string; lastLines: readonly string[] }>
  /** Ends all in order. */
  stop(): Promise<void>
}

/** A process of the demo has ended by itself: its last words. */
export class ProcessDied extends Error {
  constructor(name: string, how: string, lastLines: readonly string[]) {
    super(
      [`${name} of the demo ended with ${how}. It said last:`, ...lastLines.map((line) => `  ${line}`)].join(
        '\n',
      ),
    )
    this.name = 'ProcessDied'
  }
}

const READY_POLL_MS = 100
const SPLIT_WITHIN_MS = 20_000
const JOINED_WITHIN_MS = 60_000
const JOINED: keyof Observer = 'groupJoined'

/** Resolves when both are ready and share the partitions. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const fleet = new RunningFleet(options)
  try {
    await Promise.race([fleet.start(), fleet.died])
    return fleet
  } catch (error) {
    await fleet.stop()
    throw error
  }
}

class RunningFleet implements Fleet {
  readonly ownership: Ownership
  readonly struck = new Set<string>()
  readonly died: Promise<never>
  readonly #options: FleetOptions
  readonly #running = new Set<BellhopProcess>()
  readonly #urls = new Map<string, string>()
  /** Those that are, or were, in a consumer group. */
  readonly #joined = new Set<string>()
  /** Those that have been ready and are not told to stop. */
  readonly #ready = new Set<string>()
  /** Those that may end. */
  readonly #dismissed = new Set<string>()
  readonly #killed = new Set<string>()
  #reject: (error: Error) => void = () => undefined
  #second: BellhopProcess | null = null
  readonly #over = new AbortController()
  readonly #signal: AbortSignal
  #started = 0
  httpUrl = ''

  constructor(options: FleetOptions) {
    this.#options = options
    this.#signal = AbortSignal.any([options.signal, this.#over.signal])
    this.ownership = createOwnership(options.dispatchTopic)
    this.died = new Promise<never>((_, reject) => {
      this.#reject = reject
    })
    this.died.catch(() => undefined)
  }

  get second(): string {
    return this.#second?.name ?? ''
  }

  async start(): Promise<void> {
    const first = this.#begin()
    // It has made the topics by then: two that make them at once are in each other's way, and say so.
    await this.#until(() => this.#joined.has(first.name), JOINED_WITHIN_MS)
    this.#second = this.#begin()
    this.httpUrl = await this.#untilReady(first)
    await this.#untilReady(this.#second)
    // Both have joined by now; the partitions follow a moment later.
    const { ownership } = this
    const shared = (): boolean => [first.name, this.second].every((name) => ownership.of(name).length > 0)
    await this.#until(shared, SPLIT_WITHIN_MS)
  }

  isForgotten(destination: string): boolean {
    const poster = this.ownership.posterOf(destination)
    return poster !== null && this.#killed.has(poster) && this.ownership.orphans.size === 0
  }

  async killSecond(): Promise<{ killedAtMs: number; goneAtMs: number; orphans: readonly number[] }> {
    const victim = this.#second
    if (victim === null) throw new Error('there is no second process to kill')
    this.#dismissed.add(victim.name)
    this.#killed.add(victim.name)
    const killedAtMs = Date.now()
    await victim.kill()
    const goneAtMs = Date.now()
    // Its log is read to the end first: a claim in it comes before the kill.
    await victim.ended
    return { killedAtMs, goneAtMs, orphans: this.ownership.orphan(victim.name) }
  }

  async replaceSecond(): Promise<void> {
    this.#second = this.#begin()
    await this.#untilReady(this.#second)
  }

  async command(
    name: string,
    args: readonly string[],
    signal: AbortSignal,
  ): Promise<{ ended: string; output: string; lastLines: readonly string[] }> {
    const { configFile, env } = this.#options
    const all = [...args, '-c', configFile]
    const command = startProcess({ name, args: all, env, onLine: () => undefined })
    this.#running.add(command)
    const stop = (): void => void command.stop()
    signal.addEventListener('abort', stop, { once: true })
    const ended = await command.ended
    signal.removeEventListener('abort', stop)
    this.#running.delete(command)
    return { ended, output: command.output, lastLines: command.lastLines() }
  }

  async stop(): Promise<void> {
    this.#over.abort()
    // The group falls apart around them, and they say so.
    this.#ready.clear()
    for (const { name } of this.#running) this.#dismissed.add(name)
    await Promise.all([...this.#running].map((one) => one.stop()))
  }

  #begin(): BellhopProcess {
    const { configFile, env } = this.#options
    this.#started += 1
    const name = `process ${this.#started}`
    const args = ['run', '-c', configFile, '--http', '127.0.0.1:0', '--log-level', 'debug']
    const begun = startProcess({ name, args, env, onLine: (line) => this.#hear(name, line) })
    this.#running.add(begun)
    void begun.ended.then((how) => {
      this.#running.delete(begun)
      if (!this.#dismissed.has(name))
        this.#reject(new ProcessDied(name, how, begun.lastLines().map(this.#options.plain)))
    })
    return begun
  }

  #hear(name: string, line: LogLine): void {
    const { logLevel, show, plain } = this.#options
    this.ownership.note(name, line)
    if (line.event === JOINED) this.#joined.add(name)
    const { http } = line.fields
    if (typeof http === 'string') this.#urls.set(name, http)
    if (
      logLevel === null
        ? isNews(line, { struck: this.struck, isAtWork: this.#ready.has(name) })
        : isAtLeast(line.level, logLevel)
    )
      show(`${name}: ${line.level}: ${plain(line.text)}`)
  }

  async #untilReady({ name }: BellhopProcess): Promise<string> {
    const signal = this.#signal
    while (!signal.aborted) {
      const url = this.#urls.get(name)
      if (url !== undefined && (await isReady(url))) {
        this.#ready.add(name)
        return url
      }
      await sleep(READY_POLL_MS, signal)
    }
    return ''
  }

  async #until(holds: () => boolean, withinMs: number): Promise<void> {
    const signal = this.#signal
    for (let waitedMs = 0; waitedMs < withinMs && !holds() && !signal.aborted; waitedMs += READY_POLL_MS) {
      await sleep(READY_POLL_MS, signal)
    }
  }
}

/** One that is ending answers nothing any more, and says so by its end. */
function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
}
