import { AppError } from '../core/errors.ts'
import { createExplainer, type Explainer } from '../observe/explain/create-explainer.ts'
import type { Explanation } from '../observe/explain/explanation.ts'
import { explanationLines } from '../observe/explain/explanation-text.ts'
import { systemClock } from '../system.ts'
import { createOutput, jsonLine } from './dead/output.ts'
import { type CommandIo, EXIT } from './io.ts'
import { createProgressLine } from './progress.ts'
import { withSession } from './session.ts'
import { onStopSignal } from './signals.ts'
import { requireSince } from './since.ts'

export interface ExplainCommandOptions {
  config?: string
  /** From when on a messageId is looked for: a duration before now, or a time. */
  since: string
  json?: boolean
}

/**
 * `bellhop explain ID`: the whole way of an event or message, from the topics alone. Gives the exit code; 1 where
 * nothing is known of it, or it was stopped.
 */
export async function explain(id: string, options: ExplainCommandOptions, io: CommandIo): Promise<number> {
  if (id.trim() === '') throw new AppError('usage', 'explain wants an id, and this one is empty')
  const sinceMs = requireSince(options.since, systemClock.nowMs())
  return withSession({ config: options.config, secrets: 'optional' }, io, async (session) => {
    const explainer = createExplainer({
      ...session,
      config: () => session.config,
      clock: systemClock,
      configPath: options.config ?? null,
    })
    try {
      const explanation = await explained(explainer, { id, sinceMs }, io)
      if (explanation === null) return EXIT.failed
      const output = createOutput(io.stdout)
      const lines =
        options.json === true
          ? [jsonLine(explanation, session.mask)]
          : explanationLines(explanation, io.stdout.columns ?? null)
      for (const line of lines) await output.line(line)
      await output.flush()
      return explanation.found ? EXIT.ok : EXIT.failed
    } finally {
      await explainer.close()
    }
  })
}

/** Null where a signal came first. */
async function explained(
  explainer: Explainer,
  { id, sinceMs }: { id: string; sinceMs: number },
  io: CommandIo,
): Promise<Explanation | null> {
  const stopped = new AbortController()
  const signals = onStopSignal(() => stopped.abort())
  const progress = createProgressLine(io.stderr, 'events', systemClock)
  try {
    return await explainer.explain(id, {
      sinceMs,
      signal: stopped.signal,
      progress: (at) => progress.update(at),
    })
  } catch (error) {
    if (!stopped.signal.aborted) throw error
    return null
  } finally {
    progress.clear()
    signals.release()
  }
}
