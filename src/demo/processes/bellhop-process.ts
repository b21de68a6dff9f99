import { fork } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { settledWithin } from '../../system.ts'
import { type LogLine, parseLogLine } from './log-line.ts'

/** A bellhop command in a process of its own, which ends with the demo, however that ends. */
export interface BellhopProcess {
  /** `process 1` */
  readonly name: string
  /** What it has printed on standard output so far. */
  readonly output: string
  /** Resolves when it is gone and all it has printed is read: with `exit code 1`, or `signal SIGKILL`. */
  readonly ended: Promise<string>
  /** Its last words, as it wrote them: warnings and worse, or any where there are none. */
  lastLines(): readonly string[]
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM, and kill -9 for one that takes too long. */
  stop(): Promise<void>
}

export interface ProcessOptions {
  name: string
  /** `['run', '-c', 'bellhop.yaml']` */
  args: readonly string[]
  env: Record<string, string | undefined>
  onLine(line: LogLine): void
}

/** As TypeScript in a checkout and as JavaScript in the published package. */
const EXTENSION = extname(import.meta.url)
const MAIN = fileURLToPath(new URL(`../../main${EXTENSION}`, import.meta.url))
const LEASH = new URL(`./leash${EXTENSION}`, import.meta.url).href

/** A stop takes 12 s at most. */
const STOP_MS = 15_000
const LINES_KEPT = 12
const OUTPUT_CHARS = 20_000

export function startProcess({ name, args, env, onLine }: ProcessOptions): BellhopProcess {
  const child = fork(MAIN, [...args], {
    // A group of its own: Ctrl-C is the demo's, which then ends this in order.
    detached: true,
    execArgv: ['--import', LEASH],
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const words = new LastWords()
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output = `${output}${text}`.slice(-OUTPUT_CHARS)
  })
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (text) => {
      const line = parseLogLine(text)
      words.hear(line)
      onLine(line)
    })
  }
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`))
  })
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null
  const kill = async (): Promise<void> => {
    if (isGone()) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  return {
    name,
    ended,
    get output() {
      return output
    },
    lastLines: () => words.lines,
    kill,
    async stop() {
      child.kill('SIGTERM')
      if (!(await settledWithin(ended, STOP_MS))) await kill()
      await ended
    },
  }
}

/** The newest lines of a log, the grave ones apart: they are rare, and the last of the others seldom tell. */
class LastWords {
  readonly #grave: string[] = []
  readonly #others: string[] = []

  hear({ level, text }: LogLine): void {
    const lines = level === 'trace' || level === 'debug' || level === 'info' ? this.#others : this.#grave
    lines.push(text)
    if (lines.length > LINES_KEPT) lines.shift()
  }

  get lines(): readonly string[] {
    return this.#grave.length > 0 ? this.#grave : this.#others
  }
}
