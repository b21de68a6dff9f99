import type { Config, Destination } from '../config/config.ts'
import { formatMessageId } from '../core/ids.ts'
import type { EventCause } from '../core/outcome.ts'
import type { DispatchRecord, MessageContent } from '../core/records.ts'
import { laneKeyOf } from '../dispatch/lane-key.ts'
import type { AnalyticsEvent, EventRecord } from '../event/event.ts'
import { createEventFormats, type EventFormats } from '../event/event-formats.ts'
import { isWithheld } from '../event/integrations.ts'
import { NO_SCHEMAS } from '../registry/schema-store.ts'
import { compileRules, type Rule } from './rule.ts'
import { createRuleIndex } from './rule-index.ts'

/** A message to queue, under the key of its lane. */
export interface QueuedMessage {
  key: string
  record: DispatchRecord
}

/** Why an event, or one action's message for it, goes to dead letters. */
export interface Failure {
  cause: EventCause
  detail: string | null
  action: string | null
  destination: string | null
}

/** What one events record gives; `cut` names the actions whose text was cut to fit. */
export interface Matched {
  messages: readonly QueuedMessage[]
  failures: readonly Failure[]
  /** Ids of the actions whose trigger held. */
  actions: readonly string[]
  cut: readonly string[]
}

/** In UTF-16 units; ids of 36 are usual. */
const MAX_ID_LENGTH = 512

const NOTHING: Matched = { messages: [], failures: [], actions: [], cut: [] }

/**
 * The match stage without its I/O: one events record gives 0..n messages. The same record and configuration
 * always give the same messages under the same ids, so reading a batch again repeats nothing.
 */
export function createMatcher(
  config: Config,
  formats: EventFormats = createEventFormats(config.kafka.events, NO_SCHEMAS),
): (record: EventRecord) => Matched {
  const index = createRuleIndex(compileRules(config.actions))

  return (record) => {
    if (record.value === null) return NOTHING
    if (record.value.length > config.maxEventBytes) {
      return poisoned('too_large', `${record.value.length} bytes, max_event_bytes is ${config.maxEventBytes}`)
    }
    const decoded = formats(record.topic).decode(record.value)
    if (decoded.kind === 'poison') return poisoned(decoded.cause, decoded.detail)
    const { event } = decoded
    const rules = index.candidates(event)
    if (rules.length === 0 || isWithheld(event, config.integrationNames)) return NOTHING
    return matchRules({ config, record, event }, rules)
  }
}

interface Subject {
  config: Config
  record: EventRecord
  event: AnalyticsEvent
}

function matchRules(subject: Subject, rules: readonly Rule[]): Matched {
  const { record, event } = subject
  const found = {
    messages: [] as QueuedMessage[],
    failures: [] as Failure[],
    actions: [] as string[],
    cut: [] as string[],
  }
  for (const { action, trigger, message } of rules) {
    if (action.topics !== null && !action.topics.includes(record.topic)) continue
    if (!trigger.matches(event)) continue
    found.actions.push(action.id)
    const rendered = message.render(event, { nowMs: record.timestamp })
    if (rendered.kind !== 'text') {
      const detail = rendered.kind === 'failed' ? rendered.detail : null
      const cause = rendered.kind === 'failed' ? 'render_failed' : 'empty_message'
      found.failures.push({ cause, detail, action: action.id, destination: null })
      continue
    }
    for (const id of action.destinations) {
      const destination = subject.config.destinations.get(id)
      if (destination?.enabled !== true) continue
      const { text, cut } = rendered.textFor(id)
      if (cut) found.cut.push(action.id)
      const content: MessageContent = {
        text,
        channel: action.channel,
        username: action.username,
        icon_url: action.iconUrl,
        icon_emoji: action.iconEmoji,
      }
      found.messages.push(toQueued(subject, { action: action.id, destination, content }))
    }
  }
  return found
}

function toQueued(
  { config, record, event }: Subject,
  to: { action: string; destination: Destination; content: MessageContent },
): QueuedMessage {
  const { topic, partition, offset, timestamp } = record
  const destination = to.destination.id
  return {
    key: laneKeyOf(to.destination, to.content),
    record: {
      id: formatMessageId({ topic, partition, offset, action: to.action, destination }),
      action: to.action,
      destination,
      message: to.content,
      event: { topic, partition, offset, timestamp },
      userId: idOf(event.userId),
      anonymousId: idOf(event.anonymousId),
      messageId: idOf(event.messageId),
      config_version: config.version,
      moves: 0,
      moved_at: null,
    },
  }
}

function poisoned(cause: EventCause, detail: string): Matched {
  return { ...NOTHING, failures: [{ cause, detail, action: null, destination: null }] }
}

/** The spec's ids are strings; producers send numbers too. Long ones are cut, so that no record grows with them. */
function idOf(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return null
  const id = String(value)
  if (id.length <= MAX_ID_LENGTH) return id
  const halfPairAtEnd = /[\uD800-\uDBFF]$/
  return id.slice(0, MAX_ID_LENGTH).replace(halfPairAtEnd, '')
}
