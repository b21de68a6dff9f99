import { parseDuration } from '../config/units.ts'
import { AppError } from '../core/errors.ts'
import { type RunningDemo, runDemo } from '../demo/demo.ts'
import { formatProgress, formatSummary, type Style, styleFor } from '../demo/report.ts'
import type { SlackSimulator } from '../demo/simulator/server.ts'
import { createLogger } from '../observe/logger.ts'
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
  /** For tests: sees the simulator before the traffic begins. */
  started?(simulator: SlackSimulator): void
}

/** `bellhop demo`: gives 0 only if nothing was lost, repeated or altered. */
export async function demo(options: DemoCommandOptions, io: CommandIo): Promise<number> {
  const forMs = parseDuration(options.for)
  const [rate, seed] = [Number(options.rate), Number(options.seed)]
  if (forMs === undefined || forMs <= 0)
    throw new AppError('usage', `--for ${options.for}: write a duration such as 30s`)
  if (!(rate > 0))
    throw new AppError('usage', `--rate ${options.rate}: write events a second, for example 200`)
  if (!Number.isInteger(seed)) throw new AppError('usage', `--seed ${options.seed}: write a whole number`)
  const stopped = new AbortController()
  const signals = onStopSignal(() => stopped.abort())
  const style = styleFor(io.stdout, io.env)
  try {
    const running = await runDemo({
      forMs,
      rate,
      seed,
      avro: options.avro === true,
      port: options.port ?? 0,
      signal: stopped.signal,
      env: io.env,
      logger: createLogger({ stream: io.stderr, level: io.env.BELLHOP_DEMO_LOG ?? 'error' }),
      progress: (line) => io.stdout.write(`${style.dim(line)}\n`),
      watch: progressWriter(io, style),
      started({ pageUrl, metricsUrl, registryUrl, simulator }) {
        const registry = registryUrl === null ? '' : `  registry   ${registryUrl}\n`
        io.stdout.write(`\n  channels   ${style.bold(pageUrl)}\n  metrics    ${metricsUrl}\n${registry}\n`)
        options.started?.(simulator)
      },
    })
    return await conclude(running, { io, style, signal: stopped.signal })
  } finally {
    signals.release()
  }
}

async function conclude(
  running: RunningDemo,
  at: { io: CommandIo; style: Style; signal: AbortSignal },
): Promise<number> {
  const { io, style, signal } = at
  const { result } = running
  try {
    if (signal.aborted) return EXIT.failed
    io.stdout.write(`\n${formatSummary(result, style)}`)
    if (keepsPageOpen(io)) {
      io.stdout.write(style.dim('\n  The page stays open until Ctrl-C.\n'))
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    }
    return result.summary.ok ? EXIT.ok : EXIT.failed
  } finally {
    await running.close()
  }
}

/** Only where a person is there to close it. */
function keepsPageOpen({ stdout, env }: CommandIo): boolean {
  return stdout.isTTY === true && (env.CI ?? '') === ''
}

const LINE_EVERY_MS = 5_000

/** On a terminal one line that changes; elsewhere a line now and then. */
function progressWriter({ stdout }: CommandIo, style: Style): Parameters<typeof runDemo>[0]['watch'] {
  let writtenMs = 0
  return (progress) => {
    const line = formatProgress(progress, style)
    if (stdout.isTTY === true) {
      stdout.write(`\r\u001b[2K${line}`)
      return
    }
    if (progress.elapsedMs - writtenMs < LINE_EVERY_MS) return
    writtenMs = progress.elapsedMs
    stdout.write(`${line}\n`)
  }
}
