import { inspect } from 'node:util'

export const REDACTED = '<redacted>'

/**
 * A webhook URL, token or password. Every way of printing it gives `<redacted>`; `reveal()` is for the moment
 * of the request and for nothing else.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [Symbol.toPrimitive](): string {
    return REDACTED
  }

  [inspect.custom](): string {
    return REDACTED
  }
}
