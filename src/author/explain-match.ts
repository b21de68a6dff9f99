import type { Action, Config } from '../config/config.ts'
import type { EventCause } from '../core/outcome.ts'
import type { AnalyticsEvent, EventRecord } from '../event/event.ts'
import type { EventFormats } from '../event/event-formats.ts'
import { isWithheld } from '../event/integrations.ts'
import { createMatcher, type Matched, type QueuedMessage } from '../match/match-event.ts'
import { createTriggerExplainer, type Reason, type TriggerExplainer } from '../match/trigger/explain.ts'
import type { Requirements } from '../match/trigger/requirements.ts'

/** How near an action came to firing. */
export interface Nearness {
  /** Whether the event has a type and an event name that the trigger asks for. */
  isAbout: boolean
  /** How many operands of the trigger's outermost `and` held, and how many did not. */
  held: number
  failed: number
}

/** What an action makes of an event, and why not more. */
export type ActionOutcome =
  /** At least one message; `unsent`: its destinations that are disabled. `cut`: the text was too long. */
  | { kind: 'sent'; messages: readonly QueuedMessage[]; unsent: readonly string[]; cut: boolean }
  | { kind: 'trigger_false'; reason: Reason; nearness: Nearness }
  /** `reason` is null where its trigger holds; `isAbout` as in Nearness. */
  | { kind: 'disabled'; reason: Reason | null; isAbout: boolean }
  | { kind: 'other_topic'; topics: readonly string[] }
  /** The event's own `integrations` keep it from us; the trigger holds. */
  | { kind: 'withheld' }
  | { kind: 'destinations_disabled'; unsent: readonly string[] }
  | { kind: 'not_rendered'; cause: EventCause; detail: string | null }

export interface ExplainedAction {
  action: Action
  outcome: ActionOutcome
}

export type ExplainedEvent =
  /** The record has no value, and is skipped. */
  | { kind: 'no_value' }
  | { kind: 'poison'; cause: EventCause; detail: string | null }
  /** Every action in the order of the configuration. */
  | { kind: 'event'; event: AnalyticsEvent; actions: readonly ExplainedAction[] }

/**
 * What `run` would make of an events record, action by action: what is sent is what createMatcher gives, and each
 * action that sends nothing has the first reason that stands in its way.
 */
export function createMatchExplainer(
  config: Config,
  formats: EventFormats,
): (record: EventRecord) => ExplainedEvent {
  const match = createMatcher(config, formats)
  const explainers = config.actions.map((action) => ({
    action,
    trigger: createTriggerExplainer(action.trigger),
  }))
  return (record) => {
    if (record.value === null) return { kind: 'no_value' }
    const matched = match(record)
    const poison = matched.failures.find(({ action }) => action === null)
    if (poison !== undefined) return { kind: 'poison', cause: poison.cause, detail: poison.detail }
    const decoded = formats(record.topic).decode(record.value)
    if (decoded.kind === 'poison') return decoded
    const { event } = decoded
    const subject: Subject = {
      config,
      event,
      topic: record.topic,
      matched,
      messages: Map.groupBy(matched.messages, (message) => message.record.action),
      isWithheld: isWithheld(event, config.integrationNames),
    }
    const actions = explainers.map(({ action, trigger }) => {
      return { action, outcome: outcomeOf(subject, action, trigger) }
    })
    return { kind: 'event', event, actions }
  }
}

interface Subject {
  config: Config
  event: AnalyticsEvent
  topic: string
  matched: Matched
  /** By action. */
  messages: ReadonlyMap<string, readonly QueuedMessage[]>
  isWithheld: boolean
}

function outcomeOf(subject: Subject, action: Action, trigger: TriggerExplainer): ActionOutcome {
  const { config, event, topic, matched } = subject
  const explained = trigger.explain(event)
  if (!action.enabled) {
    const reason = explained.holds ? null : explained.reason
    return { kind: 'disabled', reason, isAbout: isAbout(trigger.requires, event) }
  }
  if (action.topics !== null && !action.topics.includes(topic))
    return { kind: 'other_topic', topics: action.topics }
  if (!explained.holds) {
    const { reason, held, failed } = explained
    return {
      kind: 'trigger_false',
      reason,
      nearness: { isAbout: isAbout(trigger.requires, event), held, failed },
    }
  }
  if (subject.isWithheld) return { kind: 'withheld' }
  const failure = matched.failures.find((one) => one.action === action.id)
  if (failure !== undefined) return { kind: 'not_rendered', cause: failure.cause, detail: failure.detail }
  const unsent = action.destinations.filter((id) => config.destinations.get(id)?.enabled !== true)
  const messages = subject.messages.get(action.id) ?? []
  if (messages.length === 0) return { kind: 'destinations_disabled', unsent }
  return { kind: 'sent', messages, unsent, cut: matched.cut.includes(action.id) }
}

function isAbout({ types, events }: Requirements, { type, event }: AnalyticsEvent): boolean {
  const has = (wanted: ReadonlySet<string> | null, value: unknown) =>
    wanted === null || (typeof value === 'string' && wanted.has(value))
  return has(types, type) && has(events, event)
}

/**
 * The actions whose trigger was false, nearest first: those that ask for an event of this type and name, then by
 * how few operands of the outermost `and` were false, then by how many held; else in the order they are written.
 */
export function nearestFirst(actions: readonly ExplainedAction[]): MissedAction[] {
  return actions
    .flatMap(({ action, outcome }) => (outcome.kind === 'trigger_false' ? [{ action, ...outcome }] : []))
    .sort((a, b) => compareNearness(a.nearness, b.nearness))
}

export interface MissedAction {
  action: Action
  reason: Reason
  nearness: Nearness
}

/** Whether an action came near at all: the event is of a kind that it asks for, and something of its trigger held. */
export function isNear({ nearness }: MissedAction): boolean {
  return nearness.isAbout && nearness.held > 0
}

function compareNearness(a: Nearness, b: Nearness): number {
  return Number(b.isAbout) - Number(a.isAbout) || a.failed - b.failed || b.held - a.held
}
