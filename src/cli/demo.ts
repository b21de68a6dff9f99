import { parseDuration } from '../config/units.ts'
import { AppError } from '../core/errors.ts'
import { type RunningDemo, runDemo } from '../demo/demo.ts'
import { ProcessDied } from '../demo/processes/fleet.ts'
import { LEVELS, type LineLevel } from '../demo/processes/log-line.ts'
import { formatProgress, formatSummary, type Style, styleFor } from '../demo/report.ts'
import type { SlackSimulator } from '../demo/simulator/server.ts'
import { describeFailure, isKafkaFailure } from '../kafka/failures.ts'
import { plainText } from './dead/output.ts'
import { type CommandIo, EXIT } from './io.ts'
import { onStopSignal } from './signals.ts'

export interface DemoCommandOptions {
  /** A duration such as 30s. */
  for: string
  /** Events a second. */
  rate: string
  /** Of the page; left out: a free one. */
  port?: number
  seed: string
  /** Events and records in Avro, through a registry of this machine. */
  avro?: boolean
  /** A webhook goes and comes back, another is throttled, a process is killed; left out: they do. */
  faults?: boolean
  /** For tests: sees the simulator before the traffic begins. */
  started?(simulator: SlackSimulator): void
}

/**
 * `bellhop demo`: gives 0 only if nothing was lost or altered, nothing came twice but what was in flight when a process
 * was killed, and every fault was mended.
 */
export async function demo(options: DemoCommandOptions, io: CommandIo): Promise<number> {
  const asked = { ...parseNumbers(options), logLevel: parseLogLevel(io.env.BELLHOP_DEMO_LOG) }
  const stopped = new AbortController()
  const signals = onStopSignal(() => stopped.abort())
  const style = styleFor(io.stdout, io.env)
  const lines = createLines(io, style)
  try {
    const running = await runDemo({
      ...asked,
      avro: options.avro === true,
      faults: options.faults !== false,
      port: options.port ?? 0,
      signal: stopped.signal,
      env: io.env,
      progress: (line) => io.stdout.write(`${style.dim(line)}\n`),
      say: (line) => lines.say(`  ${line}`),
      watch: lines.watch,
      showLog: lines.log,
      plain: plainText,
      started({ channelsUrl, statusUrl, registryUrl, simulator }) {
        const registry = registryUrl === null ? '' : `  registry   ${registryUrl}\n`
        io.stdout.write(
          `\n  channels   ${style.bold(channelsUrl)}\n  status     ${style.bold(`${statusUrl}/`)}\n  metrics    ${statusUrl}/metrics\n${registry}\n`,
        )
        options.started?.(simulator)
      },
    })
    return await conclude(running, { io, style, signal: stopped.signal })
  } catch (error) {
    const words = wordsFor(error)
    if (words === null) throw error
    io.stderr.write(`bellhop: ${words}\n`)
    return EXIT.failed
  } finally {
    signals.release()
  }
}

/** Null for what is nobody's to expect. */
function wordsFor(error: unknown): string | null {
  if (error instanceof ProcessDied) return error.message
  if (isKafkaFailure(error)) return `the demo has lost its Kafka: ${describeFailure(error)}`
  return null
}

function parseNumbers(options: DemoCommandOptions): { forMs: number; rate: number; seed: number } {
  const forMs = parseDuration(options.for)
  const [rate, seed] = [Number(options.rate), Number(options.seed)]
  if (forMs === undefined || forMs <= 0)
    throw new AppError('usage', `--for ${options.for}: write a duration such as 30s`)
  if (!(rate > 0))
    throw new AppError('usage', `--rate ${options.rate}: write events a second, for example 200`)
  if (!Number.isInteger(seed)) throw new AppError('usage', `--seed ${options.seed}: write a whole number`)
  return { forMs, rate, seed }
}

function parseLogLevel(text: string | undefined): LineLevel | null {
  if (text === undefined || text === '') return null
  const level = LEVELS.find((known) => known === text)
  if (level !== undefined) return level
  throw new AppError('usage', `BELLHOP_DEMO_LOG is "${text}": write one of ${LEVELS.join(', ')}`)
}

async function conclude(
  running: RunningDemo,
  at: { io: CommandIo; style: Style; signal: AbortSignal },
): Promise<number> {
  const { io, style, signal } = at
  const { result, died } = running
  try {
    if (signal.aborted) return EXIT.failed
    io.stdout.write(`${io.stdout.isTTY === true ? '\n' : ''}\n${formatSummary(result, style)}`)
    if (keepsPageOpen(io)) {
      io.stdout.write(style.dim('\n  The pages stay open until Ctrl-C.\n'))
      const interrupted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      await Promise.race([interrupted, died])
    }
    return result.ok ? EXIT.ok : EXIT.failed
  } finally {
    await running.close()
  }
}

/** Only where a person is there to close it. */
function keepsPageOpen({ stdout, env }: CommandIo): boolean {
  return stdout.isTTY === true && (env.CI ?? '') === ''
}

const LINE_EVERY_MS = 5_000

interface Lines {
  watch: Parameters<typeof runDemo>[0]['watch']
  /** A line that stays. */
  say(text: string): void
  /** The same, on standard error. */
  log(text: string): void
}

/** On a terminal progress is one line that changes, below what stays; elsewhere a line now and then. */
function createLines({ stdout, stderr }: CommandIo, style: Style): Lines {
  const isTerminal = stdout.isTTY === true
  const clear = isTerminal ? '\r\u001b[2K' : ''
  let writtenMs = 0
  return {
    watch(progress) {
      const line = formatProgress(progress, style)
      if (isTerminal) {
        stdout.write(`${clear}${line}`)
        return
      }
      if (progress.elapsedMs - writtenMs < LINE_EVERY_MS) return
      writtenMs = progress.elapsedMs
      stdout.write(`${line}\n`)
    },
    say: (text) => void stdout.write(`${clear}${text}\n`),
    log(text) {
      if (clear !== '') stdout.write(clear)
      stderr.write(`${text}\n`)
    },
  }
}
