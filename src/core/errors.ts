/**
 * Errors that a person sees. Expected outcomes are values, never these: an AppError ends a command or a
 * process, with a message that says what, where and what to do.
 */
export const ERROR_CODES = [
  'config_invalid',
  'port_taken',
  'broker_unreachable',
  'registry_unreachable',
  'topic_missing',
  'topic_unsuitable',
  'schema_refused',
  'offsets_expired',
  'offset_out_of_range',
  'consumer_crashed',
  'no_local_kafka',
  'no_local_registry',
  'usage',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

export class AppError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'AppError'
    this.code = code
  }
}
