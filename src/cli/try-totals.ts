import { type ExplainedAction, isNear, nearestFirst } from '../author/explain-match.ts'
import type { Config } from '../config/config.ts'
import { shownPart } from '../match/trigger/explain-text.ts'
import { count, cutTo } from '../observe/wording.ts'
import { createTable } from './dead/table.ts'
import { sentOf, type TriedEvent } from './try-report.ts'

interface Total {
  enabled: boolean
  /** Events that have a type and a name that its trigger asks for. */
  about: number
  fired: number
  messages: number
  /** Events for which it came nearest, or would have fired but for something in the way. */
  near: number
  /** Of the events that it is about: how often each part of its trigger was the first that was false. */
  falseParts: Map<string, number>
}

/** What many events came to, by action. */
export interface Totals {
  add(tried: TriedEvent): void
  lines(): Promise<string[]>
}

const MOST_ROWS = 30
const PART_CHARS = 70
/** `EVENTS`: those of the type and the name that the trigger asks for. */
const HEADINGS = ['ACTION', 'EVENTS', 'FIRED', 'MESSAGES', 'MOST OFTEN FALSE FIRST']

export function createTotals(config: Config): Totals {
  const totals = new Map(config.actions.map(({ id, enabled }) => [id, newTotal(enabled)]))
  const events = { all: 0, sent: 0, poison: 0, messages: 0 }
  return {
    add({ explained }) {
      events.all += 1
      if (explained.kind === 'poison') events.poison += 1
      if (explained.kind !== 'event') return
      const messages = sentOf(explained.actions).reduce((sum, one) => sum + one.messages.length, 0)
      events.messages += messages
      if (messages > 0) events.sent += 1
      for (const one of explained.actions) addTo(totals.get(one.action.id), one)
      const [nearest] = nearestFirst(explained.actions).filter(isNear)
      const total = nearest === undefined ? undefined : totals.get(nearest.action.id)
      if (total !== undefined) total.near += 1
    },
    async lines() {
      const poison = events.poison === 0 ? '' : `; ${count(events.poison, 'event')} would be a dead letter`
      const heading = `${count(events.all, 'event')}: ${count(events.messages, 'message')} for ${count(events.sent, 'event')}${poison}`
      return [heading, '', ...(await table(totals))]
    },
  }
}

function newTotal(enabled: boolean): Total {
  return { enabled, about: 0, fired: 0, messages: 0, near: 0, falseParts: new Map() }
}

function addTo(total: Total | undefined, { outcome }: ExplainedAction): void {
  if (total === undefined || outcome.kind === 'other_topic') return
  if (outcome.kind === 'disabled') {
    if (outcome.isAbout) total.about += 1
    return
  }
  if (outcome.kind === 'trigger_false') {
    if (!outcome.nearness.isAbout) return
    total.about += 1
    const part = shownPart(outcome.reason.part)
    total.falseParts.set(part, (total.falseParts.get(part) ?? 0) + 1)
    return
  }
  total.about += 1
  total.fired += 1
  if (outcome.kind === 'sent') total.messages += outcome.messages.length
}

/** Those that fired most first; with many actions only those that fired or came near. */
async function table(totals: ReadonlyMap<string, Total>): Promise<string[]> {
  const lines: string[] = []
  const rows = createTable(HEADINGS, async (line) => {
    lines.push(line)
  })
  const worth = [...totals]
    .filter(([, { fired, near }]) => totals.size <= MOST_ROWS || fired > 0 || near > 0)
    .sort(([, a], [, b]) => b.fired - a.fired || b.near - a.near)
    .slice(0, MOST_ROWS)
  for (const [id, { enabled, about, fired, messages, falseParts }] of worth) {
    const why = enabled ? mostOftenFalse(falseParts) : 'disabled'
    await rows.row([id, ...[about, fired, messages].map(inEnglish), why])
  }
  await rows.end()
  const more = totals.size - worth.length
  return more > 0
    ? [...lines, `and ${count(more, 'action')} that fired for fewer of them, or for none`]
    : lines
}

function inEnglish(value: number): string {
  return value.toLocaleString('en-US')
}

function mostOftenFalse(parts: ReadonlyMap<string, number>): string {
  const [most] = [...parts].sort(([, a], [, b]) => b - a)
  return most === undefined ? '' : `${inEnglish(most[1])} x ${cutTo(most[0], PART_CHARS)}`
}
