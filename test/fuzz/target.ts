import type fc from 'fast-check'

/**
 * One part of bellhop that reads what others wrote, and the property that holds whatever they wrote: it gives a result
 * or one of its documented errors. A check that throws is a finding.
 */
export interface Target {
  name: string
  /** A property of one input; `watch` tells which before it is tried, so that a hang can be told too. */
  property(watch: Watch): fc.IAsyncProperty<[unknown]>
  /** Texts that grow, for which more must not cost much more than its share. */
  growing: readonly Growing[]
  /** Removes what it has put down. */
  close?(): void
}

export type Watch = (input: unknown) => void

export interface Growing {
  what: string
  /** An input of about this many characters. */
  ofSize(size: number): unknown
  /** The largest size that is tried. */
  most: number
  run(input: unknown): void | Promise<void>
}

const GUARDED = [Object, Array, String, Number, Boolean, Function, RegExp, Map, Set, Error, Promise].map(
  ({ name, prototype }) => ({ name, prototype, keys: keysOf(prototype) }),
)

function keysOf(prototype: object): string {
  return Reflect.ownKeys(prototype).map(String).join()
}

/** Throws where anything has reached a prototype that all objects share. */
export function requireCleanPrototypes(): void {
  for (const { name, prototype, keys } of GUARDED) {
    if (keysOf(prototype) !== keys) throw new Error(`${name}.prototype has changed: ${keysOf(prototype)}`)
  }
}

/** Throws unless the error is of the class that is documented for it, with a place inside the text. */
export function requireSyntaxError(
  error: unknown,
  documented: { new (text: string, offset: number, reason: string): SyntaxErrorAt },
  text: string,
): void {
  if (!(error instanceof documented)) throw error
  const { line, column, offset, reason } = error
  const isInside = line >= 1 && column >= 1 && offset >= 0 && offset <= text.length
  if (!isInside || reason.trim() === '' || /[\n\r]/.test(reason)) {
    throw new Error(
      `an error without a place or a sentence: ${JSON.stringify({ line, column, offset, reason })}`,
    )
  }
}

interface SyntaxErrorAt extends Error {
  line: number
  column: number
  offset: number
  reason: string
}
