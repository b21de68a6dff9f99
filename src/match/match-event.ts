import type { Config, KafkaConfig } from '../config/config.ts'
import { formatMessageId } from '../core/ids.ts'
import type { EventCause } from '../core/outcome.ts'
import type { DispatchRecord, MessageContent } from '../core/records.ts'
import { createLaneKeys } from '../dispatch/lane-key.ts'
import { canaryPrefix } from '../event/canary.ts'
import type { AnalyticsEvent, EventRecord } from '../event/event.ts'
import { createEventFormats, type EventFormats } from '../event/event-formats.ts'
import { isWithheld } from '../event/integrations.ts'
import { NO_SCHEMAS } from '../registry/schema-store.ts'
import { createCanaryMatch } from './canary-match.ts'
import { compileRules, type Rule } from './rule.ts'
import { createRuleIndex, type RuleIndex } from './rule-index.ts'
import { createRulePeek, type RulePeek } from './rule-peek.ts'

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
 *
 * A JSON event that no rule of its topic can match is left out by its bytes, unparsed: of such an event nobody
 * checks that it is JSON, only that it is UTF-8 between braces. Of one in Avro type and name are looked at first, on
 * a way through the value that finds the same faults. Everything else is decoded, and is poison where that fails.
 *
 * A canary, told by its header, is seen by no rule, whatever it holds: see canary-match.ts.
 */
export function createMatcher(
  config: Config,
  formats: EventFormats = createEventFormats(config.kafka.events, NO_SCHEMAS),
): (record: EventRecord) => Matched {
  const rulesOf = createTopicRules(config)
  const keyOf = createLaneKeys(config.destinations)
  const matchCanary = createCanaryMatch(config)

  return (record) => {
    const { topic, value, headers } = record
    const prefix = headers.length === 0 ? null : canaryPrefix(record)
    if (prefix !== null) return ofCanary(matchCanary(record, prefix))
    if (value === null) return NOTHING
    if (value.length > config.maxEventBytes) {
      return poisoned('too_large', `${value.length} bytes, max_event_bytes is ${config.maxEventBytes}`)
    }
    const { index, peek } = rulesOf(topic)
    const format = formats(topic)
    if (peek === null) {
      const seen = format.peek?.(value) ?? null
      if (seen !== null && index.candidates(seen).length === 0) return NOTHING
    } else if (!peek(value)) return NOTHING
    const decoded = format.decode(value)
    if (decoded.kind === 'poison') return poisoned(decoded.cause, decoded.detail)
    const { event } = decoded
    const rules = index.candidates(event)
    if (rules.length === 0 || isWithheld(event, config.integrationNames)) return NOTHING
    return matchRules({ config, keyOf, record, event }, rules)
  }
}

interface TopicRules {
  index: RuleIndex
  /** Null where the bytes of a record are not the event. */
  peek: RulePeek | null
}

/** The rules that listen to a topic. */
function createTopicRules({ actions, kafka }: Config): (topic: string) => TopicRules {
  const rules = compileRules(actions)
  const known = new Map<string, TopicRules>()
  return (topic) => {
    const found = known.get(topic)
    if (found !== undefined) return found
    const own = rules.filter(({ action: { topics } }) => topics === null || topics.includes(topic))
    const made = {
      index: createRuleIndex(own),
      peek: isEventAsItIs(kafka, topic) ? createRulePeek(own) : null,
    }
    known.set(topic, made)
    return made
  }
}

/** Whether the bytes of a record are the event: of one in Avro, or one that a map makes, they say nothing. */
function isEventAsItIs({ events }: KafkaConfig, topic: string): boolean {
  const configured = events.find((each) => each.topic === topic)
  return configured === undefined || (configured.format === 'json' && configured.map === null)
}

interface Subject {
  config: Config
  keyOf: LaneKeys
  record: EventRecord
  event: AnalyticsEvent
}

type LaneKeys = ReturnType<typeof createLaneKeys>

function matchRules(subject: Subject, rules: readonly Rule[]): Matched {
  const { record, event } = subject
  const found = {
    messages: [] as QueuedMessage[],
    failures: [] as Failure[],
    actions: [] as string[],
    cut: [] as string[],
  }
  for (const { action, trigger, message } of rules) {
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
      if (subject.config.destinations.get(id)?.enabled !== true) continue
      const { text, cut } = rendered.textFor(id)
      if (cut) found.cut.push(action.id)
      const content: MessageContent = {
        text,
        channel: action.channel,
        username: action.username,
        icon_url: action.iconUrl,
        icon_emoji: action.iconEmoji,
      }
      const key = subject.keyOf({ destination: id, message: content })
      if (key !== null) {
        found.messages.push({
          key,
          record: toRecord(subject, { action: action.id, destination: id, content }),
        })
      }
    }
  }
  return found
}

function toRecord(
  { config, record, event }: Subject,
  { action, destination, content }: { action: string; destination: string; content: MessageContent },
): DispatchRecord {
  const { topic, partition, offset, timestamp } = record
  return {
    id: formatMessageId({ topic, partition, offset, action, destination }),
    action,
    destination,
    message: content,
    event: { topic, partition, offset, timestamp },
    userId: idOf(event.userId),
    anonymousId: idOf(event.anonymousId),
    messageId: idOf(event.messageId),
    config_version: config.version,
    moves: 0,
    moved_at: null,
  }
}

/** No rule has matched, and none is counted. */
function ofCanary(message: QueuedMessage | null): Matched {
  return message === null ? NOTHING : { ...NOTHING, messages: [message] }
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
