import { describeFailure, isKafkaFailure } from '../kafka/failures.ts'
import type { Logger } from '../observe/logger.ts'
import { RegistryUnavailable } from '../registry/registry-errors.ts'
import { sleep } from '../system.ts'

const RETRY_MS = 2_000

/**
 * Does a work until it is done, however often Kafka or the registry is away meanwhile, which is told once; undefined
 * as soon as the signal has come. Other errors are the caller's.
 */
export function createPatience(
  logger: Pick<Logger, 'info' | 'warn'>,
  signal: AbortSignal,
): <T>(work: () => Promise<T>) => Promise<T | undefined> {
  const away = new Set<string>()
  return async (work) => {
    let missed: string | null = null
    while (!signal.aborted) {
      try {
        const done = await unlessAborted(work(), signal)
        if (missed !== null && !signal.aborted && away.delete(missed)) logger.info(`${missed} answers again`)
        return done
      } catch (error) {
        missed = whatIsAway(error)
        if (missed === null) throw error
        if (!away.has(missed))
          logger.warn({ reason: describeFailure(error) }, `${missed} does not answer: waiting`)
        away.add(missed)
        await sleep(RETRY_MS, signal)
      }
    }
    return undefined
  }
}

function whatIsAway(error: unknown): string | null {
  if (error instanceof RegistryUnavailable) return 'the schema registry'
  return isKafkaFailure(error) ? 'Kafka' : null
}

/** Nobody waits for a broker that is away once the command is to end. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const stop = Promise.withResolvers<undefined>()
  const end = (): void => stop.resolve(undefined)
  signal.addEventListener('abort', end, { once: true })
  work.catch(() => undefined)
  try {
    return signal.aborted ? undefined : await Promise.race([work, stop.promise])
  } finally {
    signal.removeEventListener('abort', end)
  }
}
