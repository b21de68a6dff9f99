import { wordsOf } from './init-placeholders.ts'
import type { Call, Field } from './init-survey.ts'
import { pathOf, titleOf } from './init-text.ts'

/** Who it was, best first. */
const WHO = ['traits.name', 'properties.name', 'traits.email', 'properties.email', 'userId', 'anonymousId']
const AMOUNT = /^(?:total|amount|revenue|price|value|subtotal)$/i
const MOST_FACTS = 3

/** A message of what the call's events hold: who it was, and the first facts. */
export function messageOf(call: Call): string {
  const present = call.fields.filter((field) => isShown(field, call))
  const who = WHO.map((name) => present.find(({ path }) => path.join('.') === name)).find(Boolean)
  const facts = present
    .filter((field) => field !== who && isFact(field))
    .slice(0, MOST_FACTS)
    .map((field) => describeFact(field, present))
  const parts = [...(who === undefined ? [] : [output(who)]), ...facts]
  return parts.length === 0 ? headOf(call) : `${headOf(call)}: ${parts.join(', ')}`
}

/** A name that is only letters and digits stands as it is; any other comes out of the event, escaped for Slack. */
function headOf(call: Call): string {
  const title = titleOf(call)
  const isPlain = /^[\p{L}\p{N}][\p{L}\p{N} _.-]*$/u.test(title) && title === title.trim()
  return isPlain ? `*${title}*` : '*{{ $.event }}*'
}

/** Single values that the sample has, by a path that needs no quotes. */
function isShown(field: Field, { sample }: Call): boolean {
  const isSingle = field.types.every((type) => type === 'text' || type === 'number')
  return isSingle && pathOf(field) !== null && holds(sample, field.path)
}

/** Whether there is something to show at a path. */
export function holds(event: unknown, path: readonly string[]): boolean {
  let value: unknown = event
  for (const name of path) {
    const isInside = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    value = isInside ? (value as Record<string, unknown>)[name] : undefined
  }
  return value !== undefined && value !== null && value !== ''
}

/** Ids, addresses and names say little beside who it was. */
function isFact({ path }: Field): boolean {
  const [root] = path
  const name = path.at(-1) ?? ''
  const isOwn = (root === 'properties' || root === 'traits') && path.length === 2
  return (
    isOwn && !/(?:^|_)id$|Id$|email|phone|name$|url|currency|(?:^|_)ip$|token|password|secret/i.test(name)
  )
}

function describeFact(field: Field, present: readonly Field[]): string {
  const name = field.path.at(-1) ?? ''
  const currency = present.find(
    ({ path }) => path.length === 2 && path[0] === field.path[0] && path[1] === 'currency',
  )
  const isMoney = AMOUNT.test(name) && field.types.every((type) => type === 'number')
  const money = isMoney && currency !== undefined ? ` | money: ${pathOf(currency)}` : ''
  return `${wordsOf(name)} {{ ${pathOf(field)}${money} }}`
}

function output(field: Field): string {
  return `{{ ${pathOf(field)} }}`
}
