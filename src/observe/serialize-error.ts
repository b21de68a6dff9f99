import { REDACTED, Secret } from '../core/secret.ts'

/**
 * What a log says of an error: its type, code, message and causes, and nothing else. Errors of clients carry
 * requests, configuration and whole records in other fields; none of those is read.
 */
export interface SerializedError {
  type: string
  /** The error's own code; for an error of Kafka's protocol its name (`ILLEGAL_GENERATION`), not its number. */
  code?: string | number
  message: string
  cause?: SerializedError
  /** The first members of an AggregateError. */
  errors?: SerializedError[]
  /** Where it was thrown, for the language's own error types: those are bugs. */
  frames?: string[]
}

const MAX_DEPTH = 5
const MAX_MEMBERS = 3
const MAX_FRAMES = 8

const BUG_TYPES: ReadonlySet<string> = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'])

/** Takes anything that can be thrown, and how to shorten its texts. */
export function serializeError(
  thrown: unknown,
  cut: (text: string) => string,
  depth = MAX_DEPTH,
): SerializedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: cut(describe(thrown)) }
  const code = codeOf(thrown, cut)
  const frames = BUG_TYPES.has(thrown.name) ? framesOf(thrown) : []
  const members: unknown = 'errors' in thrown ? thrown.errors : undefined
  const deeper = depth > 1
  return {
    type: cut(thrown.name),
    ...(code === null ? {} : { code }),
    message: cut(thrown.message),
    ...(deeper && thrown.cause !== undefined ? { cause: serializeError(thrown.cause, cut, depth - 1) } : {}),
    ...(deeper && Array.isArray(members)
      ? {
          errors: members
            .slice(0, MAX_MEMBERS)
            .map((member: unknown) => serializeError(member, cut, depth - 1)),
        }
      : {}),
    ...(frames.length === 0 ? {} : { frames }),
  }
}

function describe(thrown: unknown): string {
  if (thrown instanceof Secret) return REDACTED
  if (typeof thrown === 'object' && thrown !== null) return 'an object that is no Error was thrown'
  return String(thrown)
}

function codeOf(error: Error, cut: (text: string) => string): string | number | null {
  if ('type' in error && typeof error.type === 'string') return cut(error.type)
  if (!('code' in error)) return null
  if (typeof error.code === 'string') return cut(error.code)
  return typeof error.code === 'number' ? error.code : null
}

function framesOf(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at .+:\d+:\d+\)?$/.test(line))
    .slice(0, MAX_FRAMES)
}
