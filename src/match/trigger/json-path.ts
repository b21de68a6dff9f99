/**
 * JSONPaths as data: `$.traits.plan`, `$['a b'].c`, `$.items[0].id`, `$.items[-1]`, `$.items[*].sku`,
 * `$.items[0:2]`, `$.items[0,2]`, `$..sku`. What could run code (filters and scripts) is refused here, by grammar,
 * before any library sees it.
 */
import { scanName, skipSpace } from './scan.ts'
import { TriggerError } from './trigger-error.ts'

export type Selector =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'union'; readonly members: readonly (string | number)[] }
  | {
      readonly kind: 'slice'
      readonly start: number | null
      readonly end: number | null
      readonly step: number
    }
  | { readonly kind: 'wildcard' }

export interface PathStep {
  readonly selector: Selector
  /** Whether `..` stood before it: it selects from every value below, too. */
  readonly recursive: boolean
}

/** No steps: the whole event. */
export type JsonPath = readonly PathStep[]

export interface ScannedPath {
  readonly path: JsonPath
  readonly end: number
}

const NO_CODE = 'filter and script expressions are refused in a path: a trigger never runs code'
const MAX_INDEX_DIGITS = 9

/** The path that is the whole of `text`. Throws TriggerError. */
export function parseJsonPath(text: string): JsonPath {
  const start = skipSpace(text, 0)
  if (text.charAt(start) !== '$') throw new TriggerError(text, start, 'expected a path that begins with `$`')
  const { path, end } = scanJsonPath(text, start)
  const rest = skipSpace(text, end)
  if (rest < text.length) throw new TriggerError(text, rest, 'expected `.`, `[` or the end of the path')
  return path
}

/** The longest path that begins with the `$` at `start`. Throws TriggerError. */
export function scanJsonPath(text: string, start: number): ScannedPath {
  const name = scanName(text, start + 1)
  if (name !== null) {
    const written = text.slice(start, name.end)
    throw new TriggerError(
      text,
      start,
      `expected \`$.\`; write \`$.${written.slice(1)}\` for a path, \`\\${written}\` for a name with a dollar`,
    )
  }
  const steps: PathStep[] = []
  let end = start + 1
  let at = skipSpace(text, end)
  while (text.charAt(at) === '.' || text.charAt(at) === '[') {
    const scanned = scanStep(text, at)
    if (scanned.step.recursive && steps.some((step) => step.recursive)) {
      throw new TriggerError(text, at, 'expected at most one `..` in a path: each more multiplies its work')
    }
    steps.push(scanned.step)
    end = scanned.end
    at = skipSpace(text, end)
  }
  return { path: steps, end }
}

interface ScannedStep {
  step: PathStep
  end: number
}

function scanStep(text: string, from: number): ScannedStep {
  if (text.charAt(from) === '[') return scanBracket(text, from, false)
  const recursive = text.charAt(from + 1) === '.'
  const at = skipSpace(text, from + (recursive ? 2 : 1))
  if (text.charAt(at) === '*') return { step: { selector: { kind: 'wildcard' }, recursive }, end: at + 1 }
  if (recursive && text.charAt(at) === '[') return scanBracket(text, at, true)
  const scanned = scanName(text, at)
  if (scanned !== null) {
    return { step: { selector: { kind: 'name', name: scanned.name }, recursive }, end: scanned.end }
  }
  if (/[?(]/.test(text.charAt(at))) throw new TriggerError(text, at, NO_CODE)
  throw new TriggerError(
    text,
    at,
    `expected a name or \`*\` after \`${recursive ? '..' : '.'}\`; any other name is written in brackets: \`['2 go']\``,
  )
}

function scanBracket(text: string, from: number, recursive: boolean): ScannedStep {
  const first = skipSpace(text, from + 1)
  if (text.charAt(first) === '*') {
    return { step: { selector: { kind: 'wildcard' }, recursive }, end: closeBracket(text, first + 1) }
  }
  const slice = scanSlice(text, first)
  if (slice !== null)
    return { step: { selector: slice.selector, recursive }, end: closeBracket(text, slice.end) }
  const members: (string | number)[] = []
  let at = first
  for (;;) {
    const member = scanMember(text, at)
    members.push(member.value)
    at = skipSpace(text, member.end)
    if (text.charAt(at) !== ',') break
    at = skipSpace(text, at + 1)
  }
  return { step: { selector: select(members), recursive }, end: closeBracket(text, at) }
}

function select(members: readonly (string | number)[]): Selector {
  const [member] = members
  if (member === undefined || members.length > 1) return { kind: 'union', members }
  return typeof member === 'number' ? { kind: 'index', index: member } : { kind: 'name', name: member }
}

function closeBracket(text: string, from: number): number {
  const at = skipSpace(text, from)
  if (text.charAt(at) === ']') return at + 1
  throw new TriggerError(text, at, `expected \`]\`, found ${found(text, at)}`)
}

function scanMember(text: string, at: number): { value: string | number; end: number } {
  const quote = text.charAt(at)
  if (quote === '"' || quote === "'") {
    const close = text.indexOf(quote, at + 1)
    if (close < 0) throw new TriggerError(text, at, `expected a closing \`${quote}\`, found the end`)
    return { value: text.slice(at + 1, close), end: close + 1 }
  }
  const index = scanInteger(text, at)
  if (index !== null) return index
  if (quote === '?' || quote === '(') throw new TriggerError(text, at, NO_CODE)
  const bare = scanName(text, at)
  const hint = bare === null ? '' : `; write \`['${bare.name}']\``
  const expected = 'expected `*`, a number, a slice such as `0:2` or a name in quotes after `[`, found '
  throw new TriggerError(text, at, expected + found(text, at) + hint)
}

function scanInteger(text: string, from: number): { value: number; end: number } | null {
  let end = text.charAt(from) === '-' ? from + 1 : from
  const digits = end
  while (/[0-9]/.test(text.charAt(end))) end++
  if (end === digits) return null
  if (end - digits > MAX_INDEX_DIGITS) throw new TriggerError(text, from, 'expected a smaller index')
  return { value: Number.parseInt(text.slice(from, end), 10), end }
}

/** `start:end:step`, each of which may be left out; null where no slice begins. */
function scanSlice(text: string, from: number): { selector: Selector; end: number } | null {
  const start = scanInteger(text, from)
  const colon = skipSpace(text, start?.end ?? from)
  if (text.charAt(colon) !== ':') return null
  const endAt = skipSpace(text, colon + 1)
  const end = scanInteger(text, endAt)
  const secondColon = skipSpace(text, end?.end ?? endAt)
  const stepAt = skipSpace(text, secondColon + 1)
  const step = text.charAt(secondColon) === ':' ? scanInteger(text, stepAt) : null
  if (step !== null && step.value < 1) throw new TriggerError(text, stepAt, 'expected a step of 1 or more')
  const selector: Selector = {
    kind: 'slice',
    start: start?.value ?? null,
    end: end?.value ?? null,
    step: step?.value ?? 1,
  }
  if (text.charAt(secondColon) !== ':') return { selector, end: secondColon }
  return { selector, end: step?.end ?? stepAt }
}

function found(text: string, at: number): string {
  const point = text.codePointAt(at)
  return point === undefined ? 'the end' : `\`${String.fromCodePoint(point)}\``
}
