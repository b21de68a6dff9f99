import {
  bytesToPeekAt,
  createMemberSearch,
  createTextLookup,
  type EventBytes,
  isScalarAt,
  type MemberSearch,
  type MemberVisitor,
  type PeekedValue,
  readValue,
} from '../event/peek-json.ts'
import type { Rule } from './rule.ts'
import type { Bound, MemberNeed } from './trigger/member-need.ts'
import { findText } from './trigger/text-search.ts'

/**
 * Whether any of the rules could hold for a JSON event, told from its bytes. False is certain; true means that the
 * event has to be parsed. What it costs follows the names and fields that the rules ask for, not the rules there are.
 */
export type RulePeek = (value: Buffer) => boolean

/** Null where some rule gives no anchor: every event has to be parsed for it. */
export function createRulePeek(rules: readonly Rule[]): RulePeek | null {
  const named = new Map<string, Rule[]>()
  const typed = new Map<string, Rule[]>()
  const others: Rule[] = []
  for (const rule of rules) {
    const { events, types } = rule.trigger.requires
    for (const name of events ?? []) addTo(named, name, rule)
    if (events === null) for (const type of types ?? []) addTo(typed, type, rule)
    if (events === null && types === null) others.push(rule)
  }
  const gates = new GateMaker()
  const rest = gates.of(others)
  if (rest === 'open') return null
  const all = [gates.ofTexts('event', named), gates.ofTexts('type', typed), ...rest]
  return (value) => {
    const bytes = bytesToPeekAt(value)
    return bytes === null || anyOpens(all, bytes)
  }
}

/** Whether something in the event lets one of the rules behind it hold. */
type Gate = (bytes: EventBytes) => boolean

/** More searches than this take as long as to parse. */
const MOST_SEARCHES = 16
/** Names or types in one event whose rules are asked, each at the cost of reading the event: it may hold any number. */
const MOST_ASKED = 8
/** Conditions on one field that are neither whole texts nor limits: each is asked by itself. */
const MOST_TESTS = 64

class GateMaker {
  /** One for each key, whoever asks for it: what a search reads stays in the processor's cache. */
  readonly #searches = new Map<string, MemberSearch>()

  /** The rules behind each text that stands under the key. */
  ofTexts(key: string, rules: ReadonlyMap<string, readonly Rule[]>): Gate {
    if (rules.size === 0) return () => false
    const search = this.#search(key)
    const behind = createTextLookup(new Map([...rules].map(([text, its]) => [text, this.of(its)])))
    let asked = 0
    const visit: MemberVisitor = (bytes, at) => {
      const gates = behind(bytes, at)
      if (gates === undefined) return false
      asked += 1
      return gates === 'open' || asked > MOST_ASKED || anyOpens(gates, bytes)
    }
    return (bytes) => {
      asked = 0
      return search(bytes, visit)
    }
  }

  /** `open`: one of the rules asks for nothing that could be searched for, or they ask for too much. */
  of(rules: readonly Rule[]): readonly Gate[] | 'open' {
    const needs = new Map<string, MemberNeed[]>()
    for (const { trigger } of rules) {
      if (trigger.requires.members === null) return 'open'
      for (const need of trigger.requires.members) addTo(needs, need.key, need)
    }
    if (needs.size > MOST_SEARCHES) return 'open'
    if ([...needs.values()].some((ofKey) => countTests(ofKey) > MOST_TESTS)) return 'open'
    return [...needs].map(([key, ofKey]) => {
      const search = this.#search(key)
      const visit = visitorOf(ofKey)
      return (bytes) => search(bytes, visit)
    })
  }

  #search(key: string): MemberSearch {
    const search = this.#searches.get(key) ?? createMemberSearch(key)
    this.#searches.set(key, search)
    return search
  }
}

function countTests(needs: readonly MemberNeed[]): number {
  return needs.filter(({ texts, bound }) => texts === null && bound === null).length
}

/** What no plain data stands for. */
function testsOf(needs: readonly MemberNeed[]): MemberNeed[] {
  return needs.filter(({ texts, bound, part }) => texts === null && bound === null && part === null)
}

/**
 * What lets a value pass, as plain data: a thousand rules are more than a processor's cache holds of closures, and an
 * event asks other rules than the one before.
 */
interface Conditions {
  limits: readonly Bound[]
  parts: readonly string[]
  tests: readonly MemberNeed[]
}

/** What is not read, a list or an object, may pass. */
function visitorOf(needs: readonly MemberNeed[]): MemberVisitor {
  const texts = needs.flatMap((need) => [...(need.texts ?? [])])
  const isText = createTextLookup(new Map(texts.map((text) => [text, true])))
  const parts = needs.flatMap(({ part }) => part ?? [])
  const conditions: Conditions = { limits: widestOf(needs), parts, tests: testsOf(needs) }
  const { limits, tests } = conditions
  if (limits.length + parts.length + tests.length === 0) {
    return (bytes, at) => isText(bytes, at) === true || !isScalarAt(bytes, at)
  }
  const passes: MemberVisitor = (bytes, at) => passesAny(readValue(bytes, at), conditions)
  return texts.length === 0 ? passes : (bytes, at) => isText(bytes, at) === true || passes(bytes, at)
}

/** Of the limits on one side the one that lets most through. */
function widestOf(needs: readonly MemberNeed[]): Bound[] {
  const widest = new Map<string, Bound>()
  for (const { bound } of needs) {
    if (bound === null) continue
    const { operator, limit } = bound
    const known = widest.get(operator)?.limit
    const isWider = known === undefined || (operator.startsWith('>') ? limit < known : limit > known)
    if (isWider) widest.set(operator, bound)
  }
  return [...widest.values()]
}

function passesAny(found: PeekedValue, { limits, parts, tests }: Conditions): boolean {
  if (found === undefined) return true
  if (typeof found === 'number') for (const bound of limits) if (isWithin(found, bound)) return true
  if (typeof found === 'string') for (const part of parts) if (findText(found, part) >= 0) return true
  for (const test of tests) if (test.passes(found)) return true
  return false
}

function isWithin(value: number, { operator, limit }: Bound): boolean {
  switch (operator) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
  }
}

function anyOpens(gates: readonly Gate[], bytes: EventBytes): boolean {
  for (const gate of gates) if (gate(bytes)) return true
  return false
}

function addTo<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}
