import { backtestAction } from '../author/backtest.ts'
import { formatFindings } from '../author/backtest-report.ts'
import { withStandInAddresses } from '../author/stand-in-addresses.ts'
import type { Action, Config } from '../config/config.ts'
import { suggestion } from '../config/suggestion.ts'
import { AppError } from '../core/errors.ts'
import { systemClock } from '../system.ts'
import { createOutput, plainText } from './dead/output.ts'
import { type CommandIo, EXIT } from './io.ts'
import { createProgressLine } from './progress.ts'
import { type Session, withSession } from './session.ts'
import { onStopSignal } from './signals.ts'
import { requireSince } from './since.ts'

export interface BacktestOptions {
  config?: string
  action: string
  /** A duration before now, or a time. */
  since: string
}

/** Clocks differ: what was produced a moment ago may carry a time to come. */
const AHEAD_MS = 300_000

/** `bellhop backtest`: what an action would have done since a time. Gives the exit code; 1 where it was stopped. */
export async function backtest(options: BacktestOptions, io: CommandIo): Promise<number> {
  const nowMs = systemClock.nowMs()
  const sinceMs = requireSince(options.since, nowMs)
  const stopped = new AbortController()
  return withSession({ config: options.config, secrets: 'optional' }, io, async (session) => {
    const action = requireAction(session.config, options.action)
    const signals = onStopSignal(() => stopped.abort())
    try {
      await report({ session, action, span: { sinceMs, untilMs: nowMs } }, io, stopped.signal)
    } finally {
      signals.release()
    }
    return stopped.signal.aborted ? EXIT.failed : EXIT.ok
  })
}

interface Asked {
  session: Session
  action: Action
  span: { sinceMs: number; untilMs: number }
}

async function report({ session, action, span }: Asked, io: CommandIo, signal: AbortSignal): Promise<void> {
  const config = withStandInAddresses(session.config)
  const progress = createProgressLine(io.stderr, 'events', systemClock)
  const startedMs = systemClock.monotonicMs()
  const findings = await backtestAction({
    config,
    action,
    source: session,
    schemas: session.schemas,
    span: { ...span, untilMs: span.untilMs + AHEAD_MS },
    signal,
    progressed: (at) => progress.update(at),
  }).finally(() => progress.clear())
  const tookMs = systemClock.monotonicMs() - startedMs
  const output = createOutput(io.stdout)
  const lines = formatFindings(findings, {
    action,
    destinations: config.destinations,
    span,
    tookMs,
    clean: (text) => plainText(text, session.mask),
  })
  for (const line of lines) await output.line(line)
  await output.flush()
}

function requireAction({ actions }: Config, id: string): Action {
  const action = actions.find((known) => known.id === id)
  if (action !== undefined) return action
  const names = actions.map((known) => known.id)
  throw new AppError('usage', `--action ${id}: there is no such action${suggestion(id, names)}`)
}
