/** Child processes of a test, none of which outlives it. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'

export interface RunningProcess {
  readonly pid: number
  /** What it has printed so far. */
  readonly stdout: string
  readonly stderr: string
  /** Null while it runs. */
  readonly exit: ProcessExit | null
  /** The first line, of either stream, that matches, also when it was printed before. Rejects when it exits without. */
  line(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>
  /** Rejects when it has not exited in time. */
  exited(withinMs?: number): Promise<ProcessExit>
  /** False when it is gone already. */
  kill(signal: NodeJS.Signals): boolean
}

export interface ProcessExit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface SpawnOptions {
  env?: Readonly<Record<string, string | undefined>>
  cwd?: string
}

export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const PATIENCE_MS = 30_000

export interface ChildProcesses {
  /** `bellhop ARGS`, from source. */
  bellhop(args: readonly string[], options?: SpawnOptions): RunningProcess
  /** The Node that runs the tests, with these arguments. */
  node(args: readonly string[], options?: SpawnOptions): RunningProcess
}

/** To be called once in a test file or a `describe`: what a test has left running is killed when it ends. */
export function useProcesses(): ChildProcesses {
  const running = new Set<RunningProcess>()
  const killAll = (): void => {
    for (const child of running) child.kill('SIGKILL')
  }
  process.once('exit', killAll)
  afterEach(async () => {
    killAll()
    await Promise.all([...running].map((child) => child.exited()))
    running.clear()
  })
  const node = (args: readonly string[], options: SpawnOptions = {}): RunningProcess => {
    const child = watch(
      spawn(process.execPath, args, {
        cwd: options.cwd ?? PROJECT_ROOT,
        env: { ...process.env, ...options.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    )
    running.add(child)
    return child
  }
  return { node, bellhop: (args, options) => node([MAIN, ...args], options) }
}

function watch(child: ChildProcessByStdio<null, Readable, Readable>): RunningProcess {
  let stdout = ''
  let stderr = ''
  let exit: ProcessExit | null = null
  const changes = new EventEmitter<{ change: [] }>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    changes.emit('change')
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    changes.emit('change')
  })
  // 'close' comes when the output has been read to its end too.
  child.once('close', (code, signal) => {
    exit = { code, signal }
    changes.emit('change')
  })

  /** Looks again at every change, until `look` has found something; null when time is up. */
  const awaitChange = async <T>(withinMs: number, look: () => T | null): Promise<T | null> => {
    const deadline = AbortSignal.timeout(withinMs)
    for (;;) {
      const found = look()
      if (found !== null || deadline.aborted) return found
      await once(changes, 'change', { signal: deadline }).catch(() => {})
    }
  }
  const told = (): string => `\nstdout: ${stdout.slice(-2_000)}\nstderr: ${stderr.slice(-2_000)}`

  return {
    pid: child.pid ?? 0,
    get stdout() {
      return stdout
    },
    get stderr() {
      return stderr
    },
    get exit() {
      return exit
    },
    async line(pattern, withinMs = PATIENCE_MS) {
      const search = (): RegExpExecArray | null => firstLine(stdout, pattern) ?? firstLine(stderr, pattern)
      const found = await awaitChange(withinMs, () => search() ?? exit)
      if (Array.isArray(found)) return found
      const why = exit === null ? `in ${withinMs} ms` : `before it exited with ${exit.signal ?? exit.code}`
      throw new Error(`no line like ${pattern} ${why}${told()}`)
    },
    async exited(withinMs = PATIENCE_MS) {
      const found = await awaitChange(withinMs, () => exit)
      if (found === null) throw new Error(`still running after ${withinMs} ms${told()}`)
      return found
    },
    kill: (signal) => child.kill(signal),
  }
}

/** Only whole lines: the end of one may still be on its way. */
function firstLine(text: string, pattern: RegExp): RegExpExecArray | null {
  for (const line of text.split('\n').slice(0, -1)) {
    const found = pattern.exec(line)
    if (found !== null) return found
  }
  return null
}
