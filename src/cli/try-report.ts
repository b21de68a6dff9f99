import {
  type ActionOutcome,
  type ExplainedAction,
  type ExplainedEvent,
  isNear,
  nearestFirst,
} from '../author/explain-match.ts'
import { outcomeLines } from '../author/outcome-text.ts'
import type { Config } from '../config/config.ts'
import type { EventRecord } from '../event/event.ts'
import type { QueuedMessage } from '../match/match-event.ts'
import { shownValue, withoutControls } from '../match/trigger/explain-text.ts'
import { count, cutTo, timeText } from '../observe/wording.ts'

/** An event, where it lies, and what becomes of it. */
export interface TriedEvent {
  /** `orders:3:1042`, or a place in a file. */
  name: string
  record: EventRecord
  explained: ExplainedEvent
}

/** Of one event everything: the texts as they would go out, then every action that sends nothing, nearest first. */
export function describeOne({ name, record, explained }: TriedEvent, config: Config): string[] {
  const heading = `${name}: ${describeEvent(explained)}, in ${record.topic} at ${timeText(record.timestamp)}`
  if (explained.kind !== 'event') return [heading]
  const { actions } = explained
  const silent = silentOf(actions)
  const sent = sentOf(actions).flatMap(({ messages }) => messages)
  return [
    heading,
    '',
    ...(sent.length === 0 ? ['nothing would be sent'] : describeSent(sent)),
    ...actions.flatMap(({ action, outcome }) => (isCut(outcome) ? [`${action.id}: ${CUT}`] : [])),
    ...(silent.length === 0 ? [] : ['', 'not sent:']),
    ...silent.flatMap((one) => outcomeLines(one, config)).map((line) => `  ${line}`),
  ]
}

/** Of the many a few lines each: what is sent, what is in the way, or else which action came nearest. */
export function describeBriefly({ name, record, explained }: TriedEvent, options: Brief): string[] {
  const heading = `${timeText(record.timestamp)}  ${name}  ${describeEvent(explained)}`
  if (explained.kind !== 'event') return [heading]
  const { actions } = explained
  const messages = sentOf(actions).flatMap((one) => one.messages)
  const lines = [...messages.map(sentLine), ...whyLines(actions, options)]
  return [`${heading}  ${messages.length === 0 ? 'nothing' : count(messages.length, 'message')}`, ...lines]
}

const CUT = 'its message is longer than Slack takes, and is cut'

function isCut(outcome: ActionOutcome): boolean {
  return outcome.kind === 'sent' && outcome.cut
}

export interface Brief {
  config: Config
  /** Whether one action was asked for: then its reason is told in full. */
  isOneAction: boolean
}

const MOST_BLOCKED = 3

function whyLines(actions: readonly ExplainedAction[], { config, isOneAction }: Brief): string[] {
  const blocked = blockedOf(actions)
  if (isOneAction) {
    return silentOf(actions)
      .flatMap((one) => outcomeLines(one, config))
      .map((line) => `  ${line}`)
  }
  // Who looks at many events knows what is switched off.
  const told = blocked.filter(({ outcome }) => outcome.kind !== 'disabled')
  const more = told.length - MOST_BLOCKED
  const lines = told.slice(0, MOST_BLOCKED).map((one) => firstLine(one, config))
  if (more > 0) lines.push(`and ${count(more, 'more action')} that cannot send`)
  const [nearest] = nearestFirst(actions).filter(isNear)
  const isQuiet = told.length === 0 && sentOf(actions).length === 0
  if (isQuiet && nearest !== undefined) lines.push(`nearest ${firstLine(toExplained(nearest), config)}`)
  return lines.map((line) => `  ${line}`)
}

/** Every action that does not send all it could: those of which nothing is expected come last. */
function silentOf(actions: readonly ExplainedAction[]): ExplainedAction[] {
  return [...blockedOf(actions), ...nearestFirst(actions).map(toExplained), ...othersOf(actions)]
}

function firstLine(explained: ExplainedAction, config: Config): string {
  return outcomeLines(explained, config)[0] ?? ''
}

function toExplained({ action, ...missed }: ReturnType<typeof nearestFirst>[number]): ExplainedAction {
  return { action, outcome: { kind: 'trigger_false', ...missed } }
}

export function sentOf(actions: readonly ExplainedAction[]): Extract<ActionOutcome, { kind: 'sent' }>[] {
  return actions.flatMap(({ outcome }) => (outcome.kind === 'sent' ? [outcome] : []))
}

/** Whose trigger holds, and yet not all is sent. */
function blockedOf(actions: readonly ExplainedAction[]): ExplainedAction[] {
  return actions.filter(({ outcome }) => isBlocked(outcome))
}

function isBlocked(outcome: ActionOutcome): boolean {
  switch (outcome.kind) {
    case 'sent':
      return outcome.unsent.length > 0
    case 'disabled':
      return outcome.reason === null
    case 'withheld':
    case 'not_rendered':
    case 'destinations_disabled':
      return true
    case 'trigger_false':
    case 'other_topic':
      return false
  }
}

function othersOf(actions: readonly ExplainedAction[]): ExplainedAction[] {
  return actions.filter(
    ({ outcome }) =>
      outcome.kind === 'other_topic' || (outcome.kind === 'disabled' && outcome.reason !== null),
  )
}

/** `track "Order Completed" of u1`. */
function describeEvent(explained: ExplainedEvent): string {
  if (explained.kind === 'no_value') return 'no value, skipped'
  if (explained.kind === 'poison') {
    const { cause, detail } = explained
    return `a dead letter: ${cause}${detail === null ? '' : ` (${withoutControls(detail)})`}`
  }
  const { type, event, userId, anonymousId } = explained.event
  const what = typeof type === 'string' && /^\w{1,20}$/.test(type) ? type : `type ${shown(type)}`
  const named = event === undefined || event === null ? what : `${what} ${shown(event)}`
  const who = userId ?? anonymousId ?? null
  return who === null ? named : `${named} of ${shown(who)}`
}

function shown(value: unknown): string {
  return shownValue({ value, missing: value === undefined })
}

/** Messages with one text and one look together: `order -> sales, vip (as Shop)`, and the text below. */
function describeSent(messages: readonly QueuedMessage[]): string[] {
  const alike = Map.groupBy(messages, ({ record }) => JSON.stringify([record.action, record.message]))
  return [...alike.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { action, message } = first.record
    const destinations = group.map(({ record }) => record.destination).join(', ')
    const text = message.text.split('\n').map((line) => `    ${withoutControls(line)}`)
    return [`${action} -> ${destinations}${lookOf(first)}`, ...text]
  })
}

/** What the action shows instead of its destination's own. */
function lookOf({ record: { message } }: QueuedMessage): string {
  const { channel, username, icon_url, icon_emoji } = message
  const look = [
    channel === null ? null : `channel ${channel}`,
    username === null ? null : `as ${username}`,
    icon_emoji ?? icon_url,
  ].filter((one) => one !== null)
  return look.length === 0 ? '' : ` (${look.join(', ')})`
}

const LINE_CHARS = 120

function sentLine({ record: { action, destination, message } }: QueuedMessage): string {
  return cutTo(
    `  ${action} -> ${destination}: ${withoutControls(message.text.replaceAll('\n', ' ⏎ '))}`,
    LINE_CHARS,
  )
}
