import * as z from 'zod'
import type { JsonSchema } from './json-schema-options.ts'

/**
 * The forms of single values. In the loader every scalar is text; an editor sees `true`, `10` and `"10"` as three
 * things, so each is let through where the specification takes its text.
 */

/** Whether a schema reads one text: see src/config/spec/scalar.ts. */
export function isScalarSchema(schema: z.ZodType): schema is z.ZodPipe {
  return schema instanceof z.ZodPipe && schema.def.in instanceof z.ZodUnknown
}

export function scalarForms(schema: z.ZodType): readonly JsonSchema[] {
  const wants = wantsOf(schema)
  const words = wordsOf(wants, schema)
  if (words === null) return [textForm(wants, schema)]
  return words.includes('true') ? [{ type: 'boolean' }, anyCaseOf(words)] : closedList(words)
}

/** The list is for completion, the pattern for those who write it in capitals. */
export function closedList(words: readonly string[]): readonly JsonSchema[] {
  return [{ enum: words }, anyCaseOf(words)]
}

export function booleanForms(words: readonly string[]): readonly JsonSchema[] {
  return words.includes('true') || words.includes('false') ? [{ type: 'boolean' }] : []
}

/** What the specification asks for, in its own words. */
function wantsOf(schema: z.ZodType): string {
  const message = schema.safeParse(undefined).error?.issues[0]?.message ?? ''
  return message.replace(/^is missing; it must be /, '')
}

const NO_WORD = 'no-such-word'

/** The words of a closed list; null where any other text would do, or something else is wanted. */
function wordsOf(wants: string, schema: z.ZodType): readonly string[] | null {
  const words = wants.split(/, | or /)
  const isClosed = words.every((word) => accepts(schema, word)) && !accepts(schema, NO_WORD)
  return isClosed ? words : null
}

function anyCaseOf(words: readonly string[]): JsonSchema {
  return { type: 'string', pattern: `^\\s*(?:${words.map(anyCase).join('|')})\\s*$` }
}

/** JSON Schema's patterns have no flags. */
function anyCase(word: string): string {
  return word.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
}

interface TextKind {
  /** How the specification asks for it. */
  wants: RegExp
  pattern: string
}

const DURATION = '(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+'
const OFF = `${anyCase('off')}|${anyCase('false')}`

/** The first that fits. A pattern takes all that the loader takes; what it takes too much, `bellhop check` says. */
const TEXT_KINDS: readonly TextKind[] = [
  { wants: /^a whole number from/, pattern: '\\d{1,15}' },
  { wants: /^a duration .*, or off$/, pattern: `(?:${DURATION}|${OFF})` },
  { wants: /^a duration/, pattern: DURATION },
  { wants: /^a size/, pattern: '\\d+(?:\\.\\d+)? ?[a-zA-Z]*' },
  { wants: /^a rate/, pattern: '(?:\\d+(?:\\.\\d+)? ?/ ?\\d*[smh]|off|false)' },
  {
    wants: /^latest, earliest, or a time/,
    pattern: `(?:${anyCase('latest')}|${anyCase('earliest')}|\\d{4}-\\d\\d-\\d\\d.*)`,
  },
  { wants: /^host:port/, pattern: '\\S+:\\d{1,5}' },
  { wants: /^(?:a web address|an origin)/, pattern: `${anyCase('http')}[sS]?://\\S+` },
  { wants: /^an id of/, pattern: '[A-Za-z0-9_.-]+' },
  { wants: /^a topic name/, pattern: '[A-Za-z0-9._-]{1,249}' },
  { wants: /^a token of 16/, pattern: '[!-~]{16,512}' },
  { wants: /^an emoji/, pattern: ':\\S+:' },
]

/** Texts of numbers as YAML reads them. */
const NUMBERS = ['0', '1', '7', '100', '1000', '1000000', '1073741824', '0.5']

function textForm(wants: string, schema: z.ZodType): JsonSchema {
  const kind = TEXT_KINDS.find((one) => one.wants.test(wants))
  const [, min, max] = /^a whole number from (\d+) to (\d+)/.exec(wants) ?? []
  const isBoolean = accepts(schema, 'true') || accepts(schema, 'false')
  const numeric = NUMBERS.some((text) => accepts(schema, text)) ? ['number'] : []
  const types = [...(min === undefined ? numeric : ['integer']), ...(isBoolean ? ['boolean'] : []), 'string']
  const mayBeEmpty = kind === undefined && accepts(schema, '')
  return {
    type: types.length === 1 ? 'string' : types,
    ...(mayBeEmpty ? {} : { pattern: kind === undefined ? '\\S' : `^\\s*${kind.pattern}\\s*$` }),
    ...(min === undefined ? {} : { minimum: Number(min), maximum: Number(max) }),
  }
}

function accepts(schema: z.ZodType, text: string): boolean {
  return schema.safeParse(text).success
}
