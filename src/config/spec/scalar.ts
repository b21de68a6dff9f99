import * as z from 'zod'
import { didYouMean } from '../../core/nearest.ts'
import { Secret } from '../../core/secret.ts'
import { UNSET } from '../tree.ts'
import { parseDuration, parseHostPort, parseRate, parseSize } from '../units.ts'

/** The kinds of value an option can have: text in, value out, and a sentence for every text that is none. */
interface ScalarKind<T> {
  /** Completes "must be". */
  wants: string
  /** Stands in for a variable that is not set, where that is allowed. */
  placeholder: T
  /** Undefined for a text that is none. */
  parse(text: string): T | undefined
  /** A better sentence than "must be ..." for some texts; it may not repeat the text. */
  explain?(text: string): string | null
}

/** The text of what a variable that is not set would have held. */
export const UNSET_TEXT = 'unset'

export function scalar<T>(kind: ScalarKind<T>) {
  return z.unknown().transform((input, context): T => {
    if (input === UNSET) return kind.placeholder
    const value = typeof input === 'string' ? kind.parse(input) : undefined
    if (value !== undefined) return value
    context.issues.push({ code: 'custom', message: complaint(kind, input), input })
    return z.NEVER
  })
}

function complaint(kind: ScalarKind<unknown>, input: unknown): string {
  if (input === undefined) return `is missing; it must be ${kind.wants}`
  if (input === null) return `has no value; it must be ${kind.wants}`
  if (Array.isArray(input)) return `must be ${kind.wants}, not a list`
  if (typeof input !== 'string') return `must be ${kind.wants}, not a map`
  return kind.explain?.(input) ?? `must be ${kind.wants}`
}

const ONE_LINE = /^[^\p{Cc}\u2028\u2029]+$/u

export const text = (wants = 'text') =>
  scalar({
    wants: `${wants} on one line`,
    placeholder: UNSET_TEXT,
    parse: (input) => matching(input.trim(), ONE_LINE),
  })

/** Text of any length and any number of lines; white space around it belongs to it. */
export const verbatimText = (wants: string) =>
  scalar({ wants, placeholder: UNSET_TEXT, parse: (input) => (input.trim() === '' ? undefined : input) })

export const pattern = (wants: string, accepted: RegExp) =>
  scalar({ wants, placeholder: UNSET_TEXT, parse: (input) => matching(input.trim(), accepted) })

function matching(input: string, accepted: RegExp): string | undefined {
  return accepted.test(input) ? input : undefined
}

export const id = () => pattern('an id of letters, digits, "_", "." and "-"', /^[A-Za-z0-9_.-]+$/)

/** Kafka's own rule: org.apache.kafka.common.internals.Topic. */
export const topicName = () =>
  pattern('a topic name: up to 249 letters, digits, ".", "_" and "-"', /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/)

export const flag = () =>
  scalar({
    wants: 'true or false',
    placeholder: true,
    parse(input) {
      const word = input.trim().toLowerCase()
      return word === 'true' || word === 'false' ? word === 'true' : undefined
    },
  })

export const integer = (range: { min: number; max: number }) =>
  scalar({
    wants: `a whole number from ${range.min} to ${range.max}`,
    placeholder: range.min,
    parse(input) {
      const value = /^\d{1,15}$/.test(input.trim()) ? Number(input) : undefined
      return value !== undefined && value >= range.min && value <= range.max ? value : undefined
    },
  })

/** Milliseconds. */
export const duration = (range: { min: string; max: string }) => scalar(durationKind(range))

function durationKind(range: { min: string; max: string }): ScalarKind<number> {
  const minMs = parseDuration(range.min) ?? 0
  const maxMs = parseDuration(range.max) ?? Number.POSITIVE_INFINITY
  return {
    wants: `a duration from ${range.min} to ${range.max}, such as 10s, 5m or 1h30m`,
    placeholder: minMs,
    parse(input) {
      const valueMs = parseDuration(input.trim())
      return valueMs !== undefined && valueMs >= minMs && valueMs <= maxMs ? valueMs : undefined
    },
    explain: (input) => (/^\d+$/.test(input.trim()) ? 'needs a unit: ms, s, m, h or d, as in 10s' : null),
  }
}

/** Milliseconds; null is off. */
export const durationOrOff = (range: { min: string; max: string }) => {
  const inner = durationKind(range)
  return scalar<number | null>({
    ...inner,
    wants: `${inner.wants}, or off`,
    placeholder: null,
    parse: (input) => (/^(?:off|false)$/i.test(input.trim()) ? null : inner.parse(input)),
  })
}

/** Bytes. */
export const size = (range: { min: number; max: number }) =>
  scalar({
    wants: `a size of ${range.min} to ${range.max} bytes, such as 1MiB`,
    placeholder: range.min,
    parse(input) {
      const bytes = parseSize(input.trim())
      return bytes !== undefined && bytes >= range.min && bytes <= range.max ? bytes : undefined
    },
  })

/** Least milliseconds between posts; null is off. */
export const rate = () =>
  scalar<number | null>({
    wants: 'a rate such as 1/s or 30/m, or off',
    placeholder: null,
    parse: (input) => parseRate(input.trim()),
  })

/** One of a closed list, however it is cased. */
export const choice = <const T extends string>(
  values: readonly [T, ...T[]],
  refused: Record<string, string> = {},
) =>
  scalar<T>({
    wants: listed(values),
    placeholder: values[0],
    parse: (input) => values.find((value) => value === input.trim().toLowerCase()),
    explain(input) {
      const known = Object.hasOwn(refused, input.trim()) ? refused[input.trim()] : undefined
      return known ?? `must be ${listed(values)}${values.length > 1 ? near(input, values) : ''}`
    },
  })

/** "a, b or c". */
export function listed(values: readonly string[]): string {
  const last = values.at(-1) ?? ''
  return values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${last}` : last
}

/** A question only where a name is near: the list of all is in the sentence already. */
export function near(input: string, values: readonly string[]): string {
  return didYouMean(input.trim().toLowerCase(), values)
}

const WEB_ADDRESS = 'a web address that begins with https:// (or http://) and holds no user name'

export const url = () =>
  scalar({ wants: WEB_ADDRESS, placeholder: 'https://slack.com/unset', parse: parseWebAddress })

export const secretUrl = () =>
  scalar({
    wants: WEB_ADDRESS,
    placeholder: new Secret('https://hooks.slack.com/services/unset'),
    parse(input) {
      const address = parseWebAddress(input)
      return address === undefined ? undefined : new Secret(address)
    },
  })

/** No white space inside: URL would drop a line break and glue what it parted. */
function parseWebAddress(input: string): string | undefined {
  const address = input.trim()
  if (!/^https?:\/\/[^\s\p{Cc}]+$/iu.test(address) || !URL.canParse(address)) return undefined
  const { username, password } = new URL(address)
  return username === '' && password === '' ? address : undefined
}

/** An origin: scheme, host and port, nothing behind. */
export const origin = () =>
  scalar({
    wants: 'an origin such as https://chat.example.com or http://127.0.0.1:3999, with nothing behind it',
    placeholder: 'https://slack.com',
    parse(input) {
      const address = parseWebAddress(input)
      if (address === undefined) return undefined
      const { origin: parsed, pathname, search, hash } = new URL(address)
      return pathname === '/' && search === '' && hash === '' ? parsed : undefined
    },
  })

export const hostPort = () =>
  scalar({
    wants: 'host:port, such as 127.0.0.1:9464',
    placeholder: { host: '127.0.0.1', port: 0 },
    parse: (input) => parseHostPort(input.trim()),
  })

/** It travels in a header, and nobody is to guess it. */
export const httpToken = () =>
  secretText('a token of 16 to 512 ASCII characters, without white space', /^[\x21-\x7e]{16,512}$/, true)

/** `accepted` says what may be in it; a header can hold no white space and no other than ASCII. */
export const secretText = (wants: string, accepted: RegExp, trim: boolean) =>
  scalar({
    wants,
    placeholder: new Secret(UNSET_TEXT),
    parse(input) {
      const value = trim ? input.trim() : input
      return accepted.test(value) ? new Secret(value) : undefined
    },
  })
