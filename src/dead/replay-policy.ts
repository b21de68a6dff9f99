import type { Config, Destination } from '../config/config.ts'
import { isOwnAction } from '../core/own-actions.ts'
import type { DeadLetter, DispatchRecord, EventCoordinates, RawEvent } from '../core/records.ts'
import { laneKeyOf } from '../dispatch/lane-key.ts'
import type { EventRecord } from '../event/event.ts'
import type { EventFormats } from '../event/event-formats.ts'
import type { Failure, Matched, QueuedMessage } from '../match/match-event.ts'

/** Why a letter stays where it is; docs/dead-letters.md explains each to users. */
export const REPLAY_SKIP_REASONS = [
  'already_replayed',
  'own_message',
  'unknown_destination',
  'destination_disabled',
  'unknown_action',
  'still_poison',
  'still_malformed',
  'original_gone',
  'incomplete',
] as const
export type ReplaySkipReason = (typeof REPLAY_SKIP_REASONS)[number]

/**
 * What a replay makes of a letter: the messages to queue (none where the event gives none any more) and what failed
 * beside them; or why it stays; or what is wanted first: the whole record where the letter holds a part of it only,
 * or the schema that the record was written with.
 */
export type ReplayDecision =
  | { kind: 'replay'; messages: readonly QueuedMessage[]; failures: readonly Failure[] }
  | { kind: 'skip'; reason: ReplaySkipReason; detail: string | null }
  | { kind: 'read_original'; at: EventCoordinates }
  | { kind: 'learn_schema'; id: number }

export interface ReplayPolicyDeps {
  config: Config
  formats: EventFormats
  match(record: EventRecord): Matched
  dispatch: {
    missingSchema(value: Buffer): number | null
    decode(value: Buffer): { kind: 'record'; record: DispatchRecord } | { kind: string; detail: string }
  }
}

/** The whole value where the letter was cut: null where it is gone, undefined where nobody has looked yet. */
export type Original = Buffer | null | undefined

/**
 * Decides by the present configuration, and by nothing else: the same letter gives the same messages under the same
 * ids, as often as it is asked.
 */
export function createReplayPolicy(deps: ReplayPolicyDeps) {
  return (stored: { letter: DeadLetter; replayed: boolean }, original?: Original): ReplayDecision => {
    const { letter, replayed } = stored
    if (replayed) return skip('already_replayed')
    if (isOwnAction(letter.action)) return skip('own_message', letter.action)
    if (letter.kind === 'message') {
      return letter.message === null ? skip('incomplete') : queueAgain(letter.message, deps.config)
    }
    if (letter.event === null) return skip('incomplete')
    if (letter.cause === 'malformed_record') return decodeRecordAgain(letter.event, original, deps)
    return matchAgain({ letter, event: letter.event, original }, deps)
  }
}

function queueAgain(record: DispatchRecord, config: Config): ReplayDecision {
  const destination = config.destinations.get(record.destination)
  if (destination === undefined) return skip('unknown_destination', record.destination)
  if (!destination.enabled) return skip('destination_disabled', destination.id)
  return { kind: 'replay', messages: [underItsKey(record, destination)], failures: [] }
}

/** Under the key that its lane has now, so it has not moved yet. */
function underItsKey(record: DispatchRecord, destination: Destination): QueuedMessage {
  return { key: laneKeyOf(destination, record.message), record: { ...record, moves: 0, moved_at: null } }
}

function decodeRecordAgain(event: RawEvent, original: Original, deps: ReplayPolicyDeps): ReplayDecision {
  const value = wholeValue(event, original)
  if (value === 'unread') return { kind: 'read_original', at: event }
  if (value === 'gone') return skip('original_gone', `${event.value_bytes} bytes`)
  const schema = deps.dispatch.missingSchema(value)
  if (schema !== null) return { kind: 'learn_schema', id: schema }
  const decoded = deps.dispatch.decode(value)
  if (!('record' in decoded)) return skip('still_malformed', decoded.detail)
  return queueAgain(decoded.record, deps.config)
}

interface EventLetter {
  letter: DeadLetter
  event: RawEvent
  original: Original
}

function matchAgain({ letter, event, original }: EventLetter, deps: ReplayPolicyDeps): ReplayDecision {
  const { config, formats, match } = deps
  if (letter.action !== null && !config.actions.some(({ id, enabled }) => id === letter.action && enabled)) {
    return skip('unknown_action', letter.action)
  }
  if (event.value_bytes > config.maxEventBytes) return skip('still_poison', 'too_large')
  const value = wholeValue(event, original)
  if (value === 'unread') return { kind: 'read_original', at: event }
  if (value === 'gone') return skip('original_gone', `${event.value_bytes} bytes`)
  const { topic, partition, offset, timestamp } = event
  const schema = formats(topic).missingSchema(value)
  if (schema !== null) return { kind: 'learn_schema', id: schema }
  const matched = match({ topic, partition, offset, timestamp, key: null, value, headers: [] })
  const messages = matched.messages.filter(({ record }) => concerns(letter, record))
  const failures = matched.failures.filter((failure) => concerns(letter, failure))
  const again = failures.find(({ action }) => action === letter.action)
  if (again !== undefined) {
    return skip('still_poison', again.detail === null ? again.cause : `${again.cause}: ${again.detail}`)
  }
  return { kind: 'replay', messages, failures }
}

/** A letter of one action speaks for that action alone: the event's other messages went out. */
function concerns(letter: DeadLetter, of: { action: string | null; destination: string | null }): boolean {
  if (letter.action !== null && of.action !== letter.action) return false
  return letter.destination === null || of.destination === null || of.destination === letter.destination
}

function wholeValue(event: RawEvent, original: Original): Buffer | 'unread' | 'gone' {
  const held = Buffer.from(event.value.data, event.value.encoding)
  if (held.length === event.value_bytes) return held
  if (original === undefined) return 'unread'
  return original === null || original.length !== event.value_bytes ? 'gone' : original
}

function skip(reason: ReplaySkipReason, detail: string | null = null): ReplayDecision {
  return { kind: 'skip', reason, detail }
}
