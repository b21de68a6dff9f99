/**
 * What a kafkajs error means to us. kafkajs wraps errors in errors and knows some codes only as
 * KAFKAJS_UNKNOWN_ERROR_CODE, so both type and code are looked for along the chain of causes.
 */

import { AppError } from '../core/errors.ts'

const COORDINATOR_MOVING = [
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
]
const PRODUCER_FENCED_CODE = 90
const INVALID_PRODUCER_EPOCH_CODE = 47

interface ProtocolError {
  type?: unknown
  code?: unknown
  cause?: unknown
  originalError?: unknown
  errors?: unknown
}

/** Another owner has taken this transactional id over: nothing more may be written under it. */
export function isFenced(error: unknown): boolean {
  return someCause(
    error,
    ({ type, code }) =>
      type === 'PRODUCER_FENCED' ||
      type === 'INVALID_PRODUCER_EPOCH' ||
      code === PRODUCER_FENCED_CODE ||
      code === INVALID_PRODUCER_EPOCH_CODE,
  )
}

/** The coordinator is still ending the transaction before: the same request succeeds a few ms later. */
export function isConcurrentTransactions(error: unknown): boolean {
  return someCause(error, ({ type }) => type === 'CONCURRENT_TRANSACTIONS')
}

/** The coordinator is being found or loaded, as in the first seconds of a group: the same request succeeds soon. */
export function isCoordinatorMoving(error: unknown): boolean {
  return COORDINATOR_MOVING.some((type) => hasErrorType(error, type))
}

/**
 * Whether Kafka or the way to it failed, and not a person's setup or our own code. By name, since
 * kafkajs' aggregate errors are no KafkaJSError.
 */
export function isKafkaFailure(error: unknown): boolean {
  if (error instanceof AppError) return false
  return causes(error).some((found) => found instanceof Error && found.name.startsWith('KafkaJS'))
}

export function hasErrorType(error: unknown, type: string): boolean {
  return someCause(error, (found) => found.type === type)
}

/** One line for logs: the innermost message, which names the address or the broker's own word. */
export function describeFailure(error: unknown): string {
  const chain = causes(error)
  const innermost = chain.at(-1)
  return innermost instanceof Error ? innermost.message : String(innermost)
}

function someCause(error: unknown, holds: (error: ProtocolError) => boolean): boolean {
  return causes(error).some((found) => typeof found === 'object' && found !== null && holds(found))
}

/** The error, what caused it, and the parts of kafkajs' aggregate errors. */
function causes(error: unknown, depth = 0): unknown[] {
  if (error === undefined || error === null || depth === 8) return []
  if (typeof error !== 'object') return [error]
  const { cause, originalError, errors } = error as ProtocolError
  const parts = Array.isArray(errors) ? errors : []
  return [
    error,
    ...causes(cause ?? originalError, depth + 1),
    ...parts.flatMap((part) => causes(part, depth + 1)),
  ]
}
