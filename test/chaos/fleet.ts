import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sleep } from '../../src/system.ts'
import type { Disruption } from './evidence.ts'
import type { Finding } from './findings.ts'

/**
 * The `bellhop run` processes of a chaos run: a fixed number of places, each with at most one process at a time.
 * Every signal goes to a process that was started here, by its id.
 */
export interface FleetOptions {
  main: string
  configFile: string
  /** Where each process's log goes, `PLACE-NTH.log`. */
  folder: string
  places: number
  /** Monotonic. */
  nowMs: () => number
  signal: AbortSignal
}

interface Member {
  child: ChildProcess
  log: string
  place: number
  /** A fault has it in hand: no other strikes it, and its end is no surprise. */
  struck: boolean
}

/** A stop takes as long as a post's deadline at most; the rest is for a busy machine. */
const STOP_WITHIN_MS = 15_000
const READY_WITHIN_MS = 60_000

export class Fleet {
  readonly disruptions: Disruption[] = []
  readonly findings: Finding[] = []
  readonly #options: FleetOptions
  readonly #members: (Member | null)[]
  readonly #running = new Set<ChildProcess>()
  #started = 0

  constructor(options: FleetOptions) {
    this.#options = options
    this.#members = Array.from({ length: options.places }, () => null)
  }

  /** Resolves when each process says that it is ready. */
  async start(): Promise<void> {
    for (const place of this.#members.keys()) this.#begin(place)
    await Promise.all(this.#members.map((member) => member && this.#untilReady(member)))
  }

  /** The process of the place, or of the next that has one which no fault has in hand; null where none has. */
  #victim(place: number): Member | null {
    const places = this.#members.map((_, nth) => (place + nth) % this.#members.length)
    return places.map((nth) => this.#members[nth] ?? null).find((m) => m !== null && !m.struck) ?? null
  }

  /** Ends a process, by kill -9 or in order, and starts another in its place `awayMs` later. False: there was none. */
  async end(kind: 'kill' | 'term', place: number, awayMs: number): Promise<boolean> {
    const member = this.#victim(place)
    if (member === null) return false
    member.struck = true
    const fromMs = this.#options.nowMs()
    await (kind === 'kill' ? this.#kill(member) : this.#stopInOrder(member))
    this.disruptions.push({ kind, fromMs, untilMs: this.#options.nowMs() })
    await sleep(awayMs, this.#options.signal)
    if (!this.#options.signal.aborted) this.#begin(member.place)
    return true
  }

  async freeze(place: number, forMs: number): Promise<boolean> {
    const member = this.#victim(place)
    if (member === null) return false
    member.struck = true
    const fromMs = this.#options.nowMs()
    member.child.kill('SIGSTOP')
    await sleep(forMs, this.#options.signal)
    member.child.kill('SIGCONT')
    this.disruptions.push({ kind: 'freeze', fromMs, untilMs: this.#options.nowMs() })
    member.struck = false
    return true
  }

  /** Stops all in order. What does not end, or not well, is a finding. */
  async stop(): Promise<void> {
    const members = this.#members.filter((member) => member !== null)
    for (const member of members) member.struck = true
    await Promise.all(members.map((member) => this.#stopInOrder(member)))
  }

  /** kill -9 for all that is left. */
  killAll(): void {
    for (const child of this.#running) child.kill('SIGKILL')
  }

  #begin(place: number): void {
    const { main, configFile, folder } = this.#options
    this.#started += 1
    const log = join(folder, `process-${place}-${this.#started}.log`)
    const file = openSync(log, 'a')
    const child = spawn(
      process.execPath,
      ['--disable-warning=TimeoutNegativeWarning', main, 'run', '-c', configFile, '--http', '127.0.0.1:0'],
      { stdio: ['ignore', file, file] },
    )
    closeSync(file)
    this.#running.add(child)
    const member: Member = { child, log, place, struck: false }
    this.#members[place] = member
    child.once('exit', (code, signal) => {
      this.#running.delete(child)
      if (this.#members[place] === member) this.#members[place] = null
      if (member.struck || this.#options.signal.aborted) return
      const nowMs = this.#options.nowMs()
      this.disruptions.push({ kind: 'died', fromMs: nowMs, untilMs: nowMs })
      this.findings.push({
        kind: 'process_died',
        detail: `${log} ended by itself with ${signal ?? `code ${code}`}`,
      })
      this.#begin(place)
    })
  }

  async #kill({ child }: Member): Promise<void> {
    if (hasEnded(child)) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  async #stopInOrder({ child, log }: Member): Promise<void> {
    if (!hasEnded(child)) {
      child.kill('SIGTERM')
      const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
      await once(child, 'exit')
      clearTimeout(impatience)
    }
    // SIGTERM as the end: it came before the process had begun to listen for it.
    if (child.exitCode === 0 || child.signalCode === 'SIGTERM') return
    const how =
      child.signalCode === null
        ? `code ${child.exitCode}`
        : `${child.signalCode}, ${STOP_WITHIN_MS} ms after it`
    this.findings.push({ kind: 'stop_failed', detail: `${log} was told to stop and ended with ${how}` })
  }

  async #untilReady({ child, log }: Member): Promise<void> {
    const deadlineMs = this.#options.nowMs() + READY_WITHIN_MS
    while (!this.#options.signal.aborted) {
      if (child.exitCode !== null)
        throw new Error(`a process ended with ${child.exitCode} before it was ready: ${log}`)
      if (this.#options.nowMs() > deadlineMs) throw new Error(`a process was not ready in time: ${log}`)
      const http = /"http":"(http:[^"]+)"/.exec(await readFile(log, 'utf8'))?.[1]
      if (http !== undefined && (await isReady(http))) return
      await sleep(100, this.#options.signal)
    }
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

async function isReady(http: string): Promise<boolean> {
  return fetch(`${http}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
}
