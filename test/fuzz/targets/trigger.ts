import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { parseTrigger } from '../../../src/match/trigger/compile.ts'
import { FUNCTION_NAMES } from '../../../src/match/trigger/functions.ts'
import { TriggerError } from '../../../src/match/trigger/trigger-error.ts'
import { eventText, readEvent } from '../events.ts'
import { mutatedText, soup } from '../mutate.ts'
import { type Growing, requireCleanPrototypes, requireSyntaxError, type Target } from '../target.ts'

const CASES = readFileSync(new URL('../../cases/trigger.jsonl', import.meta.url), 'utf8')
const CORPUS: readonly string[] = CASES.trim()
  .split('\n')
  .map((line) => JSON.parse(line).trigger)

const PIECES = [
  ...FUNCTION_NAMES.flatMap((name) => [name, `${name}(`]),
  'and',
  'or',
  'null',
  'true',
  'false',
  'in',
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '!',
  '(',
  ')',
  '[',
  ']',
  ',',
  '.',
  '..',
  '"',
  "'",
  '$',
  '$.',
  '\\',
  '*',
  '?',
  ':',
  '-',
  '@',
  '"Order Completed"',
  "'x'",
  '"[a-z]"',
  '"*a*b*"',
  '"[^"',
  '""',
  'type',
  'event',
  'properties',
  'properties.total',
  'traits.plan',
  '__proto__',
  'constructor',
  '$.properties.items[*].sku',
  '$..name',
  '$[-1]',
  '$[0:2:1]',
  "$['a']",
  '$[?(@.a)]',
  '0',
  '1',
  '-1',
  '1.5',
  '1e5',
  '999999999999999999999',
  ' ',
  '\n',
  '\t',
  '\u00a0',
  '🎉',
]

const field = fc.constantFrom(
  'type',
  'event',
  'properties.total',
  'traits.plan',
  'properties.__proto__.x',
  '$.properties.items[*].a',
  '$..a',
  '$.integrations',
)

/** With as many arguments as it takes. */
function callOf([name, path]: [string, string]): string {
  return name === 'contains' || name === 'match' ? `${name}(${path}, "a")` : `${name}(${path})`
}

/** Sentences of the grammar. */
const { sentence } = fc.letrec<{ sentence: string; comparison: string; value: string }>((tie) => ({
  sentence: fc.oneof(
    { depthSize: 'small' },
    tie('comparison'),
    fc.tuple(tie('sentence'), fc.constantFrom('and', 'or'), tie('sentence')).map((parts) => parts.join(' ')),
    tie('sentence').map((inner) => `!(${inner})`),
    tie('sentence').map((inner) => `(${inner})`),
  ),
  comparison: fc.oneof(
    fc
      .tuple(tie('value'), fc.constantFrom('=', '!=', '<', '<=', '>', '>=', ' in '), tie('value'))
      .map((parts) => parts.join('')),
    tie('value'),
  ),
  value: fc.oneof(
    { depthSize: 'small' },
    field,
    fc.constantFrom('"track"', "'Order Completed'", '""', '5', '-1.5', 'null', 'true', 'false'),
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...FUNCTION_NAMES), field).map(callOf) },
    fc
      .tuple(fc.constantFrom(...FUNCTION_NAMES), fc.array(tie('value'), { maxLength: 3 }))
      .map(([name, args]) => `${name}(${args.join(', ')})`),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
    fc
      .tuple(field, fc.constantFrom('*', '?', '[a-c]*', '\\*', '[^x]'))
      .map(([value, glob]) => `match(${value}, "${glob}")`),
  ),
}))

const text = fc.oneof(
  { weight: 4, arbitrary: sentence },
  mutatedText(CORPUS, PIECES),
  soup(PIECES),
  fc.string({ unit: 'binary' }),
)

function check({ text, event }: { text: string; event: string }): void {
  let trigger: ReturnType<typeof parseTrigger>
  try {
    trigger = parseTrigger(text)
  } catch (error) {
    requireSyntaxError(error, TriggerError, text)
    return
  }
  const value = readEvent(event)
  const result = trigger.matches(value)
  if (typeof result !== 'boolean') throw new Error(`neither true nor false: ${String(result)}`)
  if (trigger.matches(readEvent(event)) !== result) throw new Error('another answer the second time')
  if (JSON.stringify(value) !== JSON.stringify(readEvent(event))) throw new Error('the event was changed')
  for (const nonsense of [null, undefined, 5, 'text', [1], true]) {
    if (trigger.matches(nonsense)) throw new Error(`it matches ${String(nonsense)}`)
  }
}

const parsed = (input: unknown): void => check({ text: String(input), event: '{"type":"track"}' })
const MOST = 16_384

const growing: Growing[] = [
  ...[
    '(',
    '!',
    '[',
    '"',
    "'",
    '\\',
    'a.',
    '$.',
    '$..',
    '$[',
    'a and ',
    'a or ',
    '1',
    '-',
    ' ',
    'contains(',
    ',',
    'é',
    '"a" = ',
    '$..*',
    '[a,',
    "['",
    'not ',
  ].map(
    (piece): Growing => ({
      what: `a trigger of ${JSON.stringify(piece)}`,
      most: MOST,
      ofSize: (size) => piece.repeat(Math.max(1, Math.floor(Math.min(size, MOST) / piece.length))),
      run: parsed,
    }),
  ),
  ...['*a', '*', '?', '[a-b]', 'a', '*a*b', '[^b]*', '\\a', '[a'].map(
    (piece): Growing => ({
      what: `a text of "a" against a pattern of ${JSON.stringify(piece)}`,
      most: 200_000,
      ofSize: (size) => size,
      run(size) {
        const pattern = piece.repeat(20)
        const { matches } = parseTrigger(`match(event, "${pattern}b")`)
        matches({ type: 'track', event: 'a'.repeat(Number(size)) })
      },
    }),
  ),
  ...[
    'contains(event, "aaaaab")',
    'lowercase(event) = "x"',
    'snakecase(event) = "x"',
    'titlecase(event) = "x"',
    'kebabcase(event) = "x"',
    'number(event) = 5',
    'length(event) = 1',
    '"x" in event',
    'bool(event)',
  ].map(
    (trigger): Growing => ({
      what: `a long text in ${trigger}`,
      most: 400_000,
      ofSize: (size) => size,
      run(size) {
        const { matches } = parseTrigger(trigger)
        for (const unit of ['a', 'aB', 'a ', '1', ' ', '-_']) {
          matches({ type: 'track', event: unit.repeat(Math.ceil(Number(size) / unit.length)) })
        }
      },
    }),
  ),
]

export const trigger: Target = {
  name: 'trigger',
  growing,
  property: (watch) =>
    fc.asyncProperty(fc.record({ text, event: eventText }), async (input) => {
      watch(input)
      check(input)
      requireCleanPrototypes()
    }),
}
