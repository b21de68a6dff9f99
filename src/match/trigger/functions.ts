/**
 * The functions of FQL, a closed list (https://segment.com/docs/api/public-api/fql/#functions). Each takes any value
 * of an event and never throws: a wrong type gives false, or null where the answer is no bool.
 *
 * Null where the documentation leaves it open: `string(null)` and `number(null)` are null, `bool(null)` is false.
 */
import { nestsDeeperThan } from '../nesting.ts'
import { compileGlob } from './glob.ts'
import { findText } from './text-search.ts'
import { type TypeName, typeName } from './value.ts'
import { kebabCase, snakeCase, titleCase } from './words.ts'

export const FUNCTION_NAMES = [
  'contains',
  'length',
  'lowercase',
  'uppercase',
  'snakecase',
  'kebabcase',
  'titlecase',
  'typeof',
  'match',
  'bool',
  'string',
  'number',
] as const
export type FunctionName = (typeof FUNCTION_NAMES)[number]

export interface Parameter {
  readonly name: string
  /** What a literal may be; null may always be written. */
  readonly accepts: readonly TypeName[]
}

export type FqlFunction =
  | { readonly parameters: readonly [Parameter]; readonly call: (value: unknown) => unknown }
  | {
      readonly parameters: readonly [Parameter, Parameter]
      readonly call: (first: unknown, second: unknown) => unknown
    }

/** Deeper lists and objects have no text: writing them recurses. */
const MAX_TEXT_DEPTH = 250

const TEXT: Parameter = { name: 'text', accepts: ['string'] }

export const FUNCTIONS: Readonly<Record<FunctionName, FqlFunction>> = {
  contains: { parameters: [TEXT, { name: 'part', accepts: ['string'] }], call: contains },
  length: { parameters: [{ name: 'value', accepts: ['string', 'list'] }], call: length },
  lowercase: { parameters: [TEXT], call: onText((text) => text.toLowerCase()) },
  uppercase: { parameters: [TEXT], call: onText((text) => text.toUpperCase()) },
  snakecase: { parameters: [TEXT], call: onText(snakeCase) },
  kebabcase: { parameters: [TEXT], call: onText(kebabCase) },
  titlecase: { parameters: [TEXT], call: onText(titleCase) },
  typeof: { parameters: [{ name: 'value', accepts: ['string', 'number', 'bool', 'list'] }], call: typeName },
  match: { parameters: [TEXT, { name: 'pattern', accepts: ['string'] }], call: match },
  bool: { parameters: [{ name: 'value', accepts: ['string', 'number', 'bool', 'list'] }], call: toBool },
  string: { parameters: [{ name: 'value', accepts: ['string', 'number', 'bool', 'list'] }], call: toText },
  number: { parameters: [{ name: 'value', accepts: ['string', 'number'] }], call: toNumber },
}

function contains(text: unknown, part: unknown): boolean {
  return typeof text === 'string' && typeof part === 'string' && findText(text, part) >= 0
}

function match(text: unknown, pattern: unknown): boolean {
  return typeof text === 'string' && typeof pattern === 'string' && compileGlob(pattern).matches(text)
}

/** UTF-8 bytes of a text, elements of a list, 0 of null; anything else has no length, so null. */
function length(value: unknown): number | null {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (Array.isArray(value)) return value.length
  return value === null || value === undefined ? 0 : null
}

function onText(convert: (text: string) => string): (value: unknown) => string | null {
  return (value) => (typeof value === 'string' ? convert(value) : null)
}

/** True for true, a number that is not 0, the text `true`, a list that is not empty; false for all else. */
function toBool(value: unknown): boolean {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'number':
      return value !== 0 && !Number.isNaN(value)
    case 'bigint':
      return value !== 0n
    case 'string':
      return value === 'true'
    default:
      return Array.isArray(value) && value.length > 0
  }
}

/** A number in JSON's notation, a bool as `true` or `false`, a list or object as compact JSON; null stays null. */
function toText(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      if (value === null || nestsDeeperThan(value, MAX_TEXT_DEPTH)) return null
      return (
        JSON.stringify(value, (_key, inner: unknown) =>
          typeof inner === 'bigint' ? String(inner) : inner,
        ) ?? null
      )
    default:
      return null
  }
}

/** A number is itself; a text in JSON's or FQL's notation, without spaces, is its number; all else is null. */
function toNumber(value: unknown): number | bigint | null {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value !== 'string' || !/^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value)) return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}
