import { didYouMean } from '../../core/nearest.ts'
import { CANARY_ACTION } from '../../core/own-actions.ts'
import type { AnalyticsEvent, EventRecord } from '../../event/event.ts'
import { shownValue } from '../../match/trigger/explain-text.ts'
import { count, formatDuration, timeText } from '../wording.ts'
import type { Evidence } from './evidence.ts'
import type { ExplainStep } from './explanation.ts'
import { step, type Telling } from './telling.ts'

/** Where the event lay, and whether match has come to it. */
export function eventSteps(evidence: Evidence, telling: Telling): ExplainStep[] {
  return [
    eventStep(evidence, telling),
    ...positionSteps(evidence, telling),
    ...hiddenSteps(evidence, telling),
  ]
}

function hiddenSteps({ isHidden }: Evidence, { topics }: Telling): ExplainStep[] {
  if (!isHidden) return []
  return [
    step({
      stage: 'dispatch',
      tone: 'waiting',
      text: `Part of ${topics.dispatch} cannot be seen now: a transaction that began there is not finished.`,
      details: [
        'A process was killed in the middle of one, or is in one: it ends within a minute. Ask again then.',
      ],
    }),
  ]
}

function eventStep(evidence: Evidence, telling: Telling): ExplainStep {
  const { event, place } = evidence
  const { topic, partition, offset } = place
  const missing = (text: string, details: string[] = []): ExplainStep =>
    step({ stage: 'event', tone: 'neutral', text, details })
  switch (event.kind) {
    case 'read':
      return readStep(evidence, event.record)
    case 'none':
      return missing("This is bellhop's own word about itself (notify): it came of no event.")
    case 'no_topic':
      return missing(`There is no topic ${topic} any more.`, [namedTopics(telling, topic)])
    case 'no_partition':
      return missing(
        `${topic} has no partition ${partition}: it has ${count(event.partitions, 'partition')}, counted from 0.`,
      )
    case 'beyond_end':
      return missing(
        `There is no event ${offset} in partition ${partition} of ${topic} yet: the next one that is produced there gets offset ${event.end}.`,
      )
    case 'deleted':
      return missing(
        `The event is gone: partition ${partition} of ${topic} keeps nothing before offset ${event.low} any more (retention).`,
      )
    case 'no_record':
      return missing(
        `Offset ${offset} in partition ${partition} of ${topic} holds no event: it is a transaction's marker or was aborted, or compaction has removed it.`,
      )
    case 'hidden':
      return missing(
        `Partition ${partition} of ${topic} holds a transaction before offset ${offset} that is not finished: nobody who reads committed can see the event until it is.`,
      )
  }
}

function namedTopics({ config }: Telling, topic: string): string {
  const known = config.kafka.events.map((one) => one.topic)
  return `events topics of this configuration: ${known.join(', ')}${known.includes(topic) ? '' : didYouMean(topic, known)}`
}

function readStep({ explained, isCanary }: Evidence, record: EventRecord): ExplainStep {
  const { topic, partition, offset, timestamp, key, value } = record
  const what = isCanary ? "The canary's own event" : 'The event'
  return step({
    at: timestamp,
    stage: 'event',
    tone: 'neutral',
    text: `${what} lies in ${topic}, partition ${partition}, offset ${offset}.`,
    details: [
      ...(explained?.kind === 'event' ? fieldLines(explained.event) : []),
      ...(key === null ? [] : [`key: ${shownValue({ value: key.toString(), missing: false })}`]),
      ...(value === null ? [] : [`size: ${count(value.length, 'byte')}`]),
    ],
  })
}

const SHOWN_FIELDS = ['type', 'event', 'userId', 'anonymousId', 'messageId', 'timestamp'] as const

function fieldLines(event: AnalyticsEvent): string[] {
  return SHOWN_FIELDS.flatMap((field) => {
    const value = event[field]
    return value === undefined || value === null ? [] : [`${field}: ${shownValue({ value, missing: false })}`]
  })
}

/** Nothing where match has passed the event and records tell of it. */
function positionSteps(evidence: Evidence, telling: Telling): ExplainStep[] {
  const { match, place, event, trails, others, letters, isCanary } = evidence
  const isMatched = trails.length > 0 || others.length > 0
  if (event.kind !== 'read' || isMatched || letters.length > 0) return []
  if (match === null) {
    return [
      step({
        stage: 'match',
        tone: 'bad',
        text: `This configuration does not read ${place.topic}, so nothing is made of its events.`,
        details: [namedTopics(telling, place.topic)],
      }),
    ]
  }
  if (match.committed === null || match.committed <= place.offset)
    return [unreadStep(evidence, match, telling)]
  if (isCanary) return []
  const { beganMs } = evidence
  if (beganMs === null || event.record.timestamp >= beganMs) return []
  return [
    step({
      at: beganMs,
      stage: 'match',
      tone: 'neutral',
      text: `bellhop first ran ${formatDuration(beganMs - event.record.timestamp)} after the event, and reads what came before only where \`start\` says so${startText(telling, place.topic)}.`,
    }),
  ]
}

function behindText(records: number): string {
  return records === 0 ? 'right before it' : `${count(records, 'record')} before it`
}

function startText({ config }: Telling, topic: string): string {
  const start = config.kafka.events.find((one) => one.topic === topic)?.start
  if (start === undefined) return ''
  return ` (it says ${start.at === 'time' ? timeText(start.timeMs) : start.at})`
}

function unreadStep(
  { place, isCanary }: Evidence,
  { committed, isRunning }: NonNullable<Evidence['match']>,
  { topics }: Telling,
): ExplainStep {
  const nobody = `No process is in the group ${topics.matchGroup}: start \`bellhop run\`.`
  const where =
    committed === null
      ? `The group ${topics.matchGroup} has not begun with partition ${place.partition} of ${place.topic}.`
      : `The group ${topics.matchGroup} stands at offset ${committed}, ${behindText(place.offset - committed)}.`
  return step({
    stage: 'match',
    tone: 'waiting',
    text: 'Match has not come to the event yet.',
    details: [
      where,
      ...(isRunning ? [] : [nobody]),
      ...(isCanary ? [`It gives one message, of the action ${CANARY_ACTION}.`] : []),
    ],
  })
}
