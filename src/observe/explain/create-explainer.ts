import type { Config } from '../../config/config.ts'
import type { Clock } from '../../core/clock.ts'
import { OWN_ACTIONS } from '../../core/own-actions.ts'
import type { TopicNames } from '../../core/topic-names.ts'
import { createEventFormats } from '../../event/event-formats.ts'
import { toRawEvent } from '../../event/raw-event.ts'
import type { Kafka } from '../../kafka/client.ts'
import type { RecordCodecs } from '../../kafka/record-codec.ts'
import type { SchemaStore } from '../../registry/schema-store.ts'
import { count } from '../wording.ts'
import { type Asked, type Place, recognise } from './asked.ts'
import { cleaned } from './cleaned.ts'
import { eventSteps } from './event-steps.ts'
import type { Evidence } from './evidence.ts'
import type { ExplainStep, Explanation } from './explanation.ts'
import { findByMessageId, type SearchProgress } from './find-message-id.ts'
import { type GatherDeps, gather } from './gather.ts'
import { letterStep } from './letter-step.ts'
import { Logs } from './logs.ts'
import { matchSteps } from './match-steps.ts'
import { MOST_TOLD, notFound, severalSteps } from './message-id-steps.ts'
import { messageSteps } from './message-steps.ts'
import { othersStep } from './others-step.ts'
import { summaryOf } from './summary.ts'
import type { Telling } from './telling.ts'

export interface ExplainerDeps {
  /** The configuration at work: asked for each explanation. */
  config: () => Config
  kafka: Kafka
  topics: TopicNames
  codecs: RecordCodecs
  schemas: SchemaStore
  /** From JSON text to the same text without secrets. */
  mask: (json: string) => string
  clock: Clock
  /** What `-c` was given to the command, for the commands that it names; null where it was not. */
  configPath: string | null
}

export interface ExplainOptions {
  /** From when on a messageId is looked for. */
  sinceMs: number
  signal: AbortSignal
  /** Of the search for a messageId; nothing else takes long. */
  progress?: (at: SearchProgress) => void
}

export interface Explainer {
  /**
   * @throws the signal's reason once it is aborted; what Kafka and the registry throw where they are away.
   */
  explain(id: string, options: ExplainOptions): Promise<Explanation>
  /** What is being explained fails soon. */
  close(): Promise<void>
}

/**
 * Tells the whole way of an event or message from the topics alone: no consumer group is joined, and nothing is
 * written. Explanations may be asked for side by side.
 */
export function createExplainer(deps: ExplainerDeps): Explainer {
  const logs = new Logs(deps.kafka)
  return {
    async explain(id, options) {
      const config = deps.config()
      const nowMs = deps.clock.nowMs()
      const work: Work = { ...deps, config, logs, nowMs, ...options }
      const isTopic = async (topic: string): Promise<boolean> =>
        config.kafka.events.some((one) => one.topic === topic) || (await logs.reader(topic)) !== null
      const asked = await recogniseOwn(id, isTopic)
      return cleaned(await explainAsked(work, asked), deps.mask)
    },
    close: () => logs.close(),
  }
}

type Work = Omit<ExplainerDeps, 'config'> & GatherDeps & ExplainOptions

/** The id of bellhop's own word names no topic. */
function recogniseOwn(id: string, isTopic: (topic: string) => Promise<boolean>): Promise<Asked> {
  const isOwn = OWN_ACTIONS.some((action) => id.includes(`:${action}:`))
  return recognise(id, isOwn ? async () => true : isTopic)
}

function explainAsked(work: Work, asked: Asked): Promise<Explanation> {
  switch (asked.kind) {
    case 'message_id': {
      const { topic, partition, offset, action } = asked.parts
      return explainPlace(work, asked, {
        place: { topic, partition, offset },
        message: { id: asked.id, action },
      })
    }
    case 'event_coordinates':
      return explainPlace(work, asked, { place: asked.at, message: null })
    case 'event_message_id':
      return explainMessageId(work, asked)
  }
}

interface PlaceAsked {
  place: Place
  message: { id: string; action: string } | null
}

async function explainPlace(work: Work, asked: Asked, wanted: PlaceAsked): Promise<Explanation> {
  const evidence = await gather(work, wanted)
  const { event, match, trails, letters } = evidence
  const isKnown = trails.length > 0 || letters.length > 0
  return {
    asked: { id: asked.id, kind: asked.kind },
    found: isKnown || (event.kind === 'read' && match !== null),
    summary: summaryOf(evidence),
    steps: stepsOf(evidence, { ...work, action: wanted.message?.action ?? null }),
    records: recordsOf(evidence),
  }
}

function stepsOf(evidence: Evidence, telling: Telling & { action: string | null }): ExplainStep[] {
  const eventLetters = evidence.letters.filter(({ letter }) => letter.kind === 'event')
  const ids = new Set(evidence.trails.map(({ id }) => id))
  const strayLetters = evidence.letters.filter(
    ({ letter }) => letter.message !== null && !ids.has(letter.message.id),
  )
  return [
    ...eventSteps(evidence, telling),
    ...(evidence.match === null && ids.size === 0 ? [] : matchSteps(evidence, telling, telling.action)),
    ...eventLetters.map((letter) => letterStep(letter, telling)),
    ...evidence.trails.flatMap((trail) => messageSteps(trail, evidence, telling)),
    ...(evidence.trails.length === 0 && evidence.others.length > 0 ? [othersStep(evidence, telling)] : []),
    ...strayLetters.map((letter) => letterStep(letter, telling)),
  ]
}

function recordsOf({ event, trails, letters, controls }: Evidence): Record<string, unknown> {
  const hops = trails.flatMap((trail) => trail.hops)
  return {
    event: event.kind === 'read' ? toRawEvent(event.record) : null,
    dispatch: hops.map(({ partition, offset, timestamp, key, record }) => ({
      partition,
      offset,
      timestamp,
      key,
      record,
    })),
    receipts: hops.flatMap(({ holds, final, repeats }) => [
      ...holds,
      ...(final === null ? [] : [final]),
      ...repeats,
    ]),
    dead_letters: letters,
    controls,
  }
}

async function explainMessageId(
  work: Work,
  asked: Extract<Asked, { kind: 'event_message_id' }>,
): Promise<Explanation> {
  const { config, schemas, logs, sinceMs, signal } = work
  const topics = config.kafka.events.map(({ topic }) => topic)
  const formats = createEventFormats(config.kafka.events, schemas)
  const progress = work.progress ?? (() => undefined)
  const found = await findByMessageId(
    { logs, formats, schemas },
    { id: asked.id, topics, sinceMs, progress, signal },
  )
  const about = { id: asked.id, kind: asked.kind }
  if (found.all === 0) return notFound(asked, { topics, sinceMs, read: found.read }, work)
  const told: Explanation[] = []
  for (const { topic, partition, offset } of found.newest.slice(-MOST_TOLD)) {
    told.push(await explainPlace(work, asked, { place: { topic, partition, offset }, message: null }))
  }
  const [newest] = told.slice(-1)
  const summary = newest?.summary ?? ''
  return {
    asked: about,
    found: true,
    summary:
      found.all === 1 ? summary : `${count(found.all, 'event')} carry this messageId. The newest: ${summary}`,
    steps: [...severalSteps(found, work), ...told.flatMap(({ steps }) => steps)],
    records: found.all === 1 ? (newest?.records ?? {}) : { events: told.map(({ records }) => records) },
  }
}
