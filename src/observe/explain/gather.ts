import { createMatchExplainer, type ExplainedEvent } from '../../author/explain-match.ts'
import { withStandInAddresses } from '../../author/stand-in-addresses.ts'
import type { Config } from '../../config/config.ts'
import { CANARY_ACTION, CANARY_HEADER, NOTIFY_ACTION } from '../../core/own-actions.ts'
import type { TopicNames } from '../../core/topic-names.ts'
import type { EventRecord } from '../../event/event.ts'
import { createEventFormats } from '../../event/event-formats.ts'
import { missingSchemas } from '../../event/missing-schemas.ts'
import type { Kafka } from '../../kafka/client.ts'
import type { RecordCodecs } from '../../kafka/record-codec.ts'
import type { SchemaStore } from '../../registry/schema-store.ts'
import type { Place } from './asked.ts'
import type { EventFinding, Evidence, FoundLetter, FoundRecord, MatchPosition, Trail } from './evidence.ts'
import { findControls } from './find-controls.ts'
import { type Dispatched, findDispatched } from './find-dispatched.ts'
import { findEvent } from './find-event.ts'
import { askGroups, type Groups } from './find-groups.ts'
import { findLetters } from './find-letters.ts'
import { findTrails } from './find-trails.ts'
import type { Logs } from './logs.ts'

export interface GatherDeps {
  config: Config
  kafka: Kafka
  topics: TopicNames
  codecs: RecordCodecs
  schemas: SchemaStore
  logs: Logs
  nowMs: number
  signal: AbortSignal
}

/** `action` and `id` where one message is asked about: its trail alone is told. */
export interface Wanted {
  place: Place
  message: { id: string; action: string } | null
}

/** All that the topics hold about an event, or about one of its messages. */
export async function gather(deps: GatherDeps, { place, message }: Wanted): Promise<Evidence> {
  const { config, nowMs, codecs } = deps
  const isNotify = message?.action === NOTIFY_ACTION
  const event: EventFinding = isNotify ? { kind: 'none' } : await findEvent(deps.logs, place)
  const record = event.kind === 'read' ? event.record : null
  const isCanary = message?.action === CANARY_ACTION || (record !== null && hasCanaryHeader(record))
  const explained = record === null || isCanary ? null : await explain(deps, record)
  const groups = await askGroups(deps, place.topic)
  const match = matchPosition(config, groups, place)
  const sinceMs = record?.timestamp ?? null
  const isExpected = message !== null || (match !== null && explained !== null && wouldSend(explained))
  const search: MessagesSearch = { place, sinceMs, isExpected, message }
  const { trails, others, letters, beganMs, isHidden } = await findMessages({ ...deps, groups }, search)
  const unexplained = letters.length === 0 && (explained?.kind === 'poison' || trails.some(isGivenUp))
  // Its letter may lie before the time of an event whose clock was ahead.
  const all = unexplained
    ? await findLetters({ ...deps, codec: codecs.deadLetter }, { place, sinceMs: null })
    : letters
  return {
    place,
    event,
    explained,
    isCanary,
    match,
    beganMs,
    trails,
    others,
    isHidden,
    letters: all.filter(({ letter }) => message === null || concerns(letter, message)),
    controls: trails.some(isWaiting) ? await findControls({ ...deps, codec: codecs.control }, nowMs) : [],
    nowMs,
  }
}

/** Null where the configuration does not read the topic. */
function matchPosition({ kafka }: Config, groups: Groups, place: Place): MatchPosition | null {
  if (!kafka.events.some(({ topic }) => topic === place.topic)) return null
  return { committed: groups.match.get(place.partition)?.offset ?? null, isRunning: groups.matchIsRunning }
}

function hasCanaryHeader({ headers }: EventRecord): boolean {
  return headers.some(({ name }) => name === CANARY_HEADER)
}

async function explain({ config, schemas }: GatherDeps, record: EventRecord): Promise<ExplainedEvent> {
  const formats = createEventFormats(config.kafka.events, schemas)
  const missing = missingSchemas([record], formats)
  if (missing.size > 0) await schemas.learn(missing)
  return createMatchExplainer(withStandInAddresses(config), formats)(record)
}

function wouldSend(explained: ExplainedEvent): boolean {
  return explained.kind === 'event' && explained.actions.some(({ outcome }) => outcome.kind === 'sent')
}

/** The letter of a poison event is every message's; that of one action's rendering is its own alone. */
function concerns(
  { message: of, action }: FoundLetter['letter'],
  message: { id: string; action: string },
): boolean {
  return of === null ? action === null || action === message.action : of.id === message.id
}

function isWaiting({ hops }: Trail): boolean {
  return hops.some(({ waiting }) => waiting !== null)
}

function isGivenUp({ hops }: Trail): boolean {
  return hops.some(({ final }) => final?.outcome === 'dead_lettered' || final?.outcome === 'expired')
}

function hasMoved({ hops }: Trail): boolean {
  return hops.at(-1)?.final?.outcome === 'moved'
}

interface MessagesSearch extends Wanted {
  /** When the event was produced; null where that is not known. */
  sinceMs: number | null
  /** Whether there should be a record, if the event was read by this configuration. */
  isExpected: boolean
}

interface FoundMessages {
  trails: readonly Trail[]
  others: readonly string[]
  letters: readonly FoundLetter[]
  beganMs: number | null
  isHidden: boolean
}

/**
 * The first pass stops where match has passed the event. Another one goes on to the end where a message was queued
 * again later, and over all that is left where there should be a record and none was found: clocks may differ by more
 * than anybody thought, and offsets may have been set back.
 */
async function findMessages(
  { groups, ...deps }: GatherDeps & { groups: Groups },
  { place, sinceMs, isExpected, message }: MessagesSearch,
): Promise<FoundMessages> {
  const { codecs } = deps
  const pass = (whole: { sinceMs: number | null; firstOnly: boolean }): Promise<Dispatched> =>
    findDispatched({ ...deps, codec: codecs.dispatch }, { place, ...whole })
  const isNotify = message?.action === NOTIFY_ACTION
  const [first, letters] = await Promise.all([
    pass({ sinceMs, firstOnly: !isNotify }),
    findLetters({ ...deps, codec: codecs.deadLetter }, { place, sinceMs }),
  ])
  const { beganMs } = first
  const told = async ({ records, isHidden }: Dispatched): Promise<FoundMessages> => {
    const isOwn = ({ record }: FoundRecord): boolean => message === null || record.id === message.id
    const others = new Set(records.filter((found) => !isOwn(found)).map(({ record }) => record.id))
    const trails = await findTrails({ ...deps, groups }, records.filter(isOwn))
    return { trails, others: [...others], letters, beganMs, isHidden }
  }
  const found = await told(first)
  const committed = groups.match.get(place.partition)?.offset
  const isRead = committed === undefined || committed > place.offset
  if (found.trails.length === 0 && isExpected && isRead && !isNotify)
    return told(await pass({ sinceMs: null, firstOnly: false }))
  const isReplayed = letters.some(({ replayedAt }) => replayedAt !== null)
  if (!isReplayed && !found.trails.some(hasMoved)) return found
  return told(await pass({ sinceMs, firstOnly: false }))
}
