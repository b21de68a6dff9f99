import type { Config } from '../../config/config.ts'
import { OWN_ACTIONS } from '../../core/own-actions.ts'
import type { Control, Receipt } from '../../core/records.ts'
import { count, cutTo, formatDuration, timeText } from '../wording.ts'
import type { Evidence, FoundLetter, Hop, Trail } from './evidence.ts'
import type { ExplainStep } from './explanation.ts'
import { finalStep } from './final-step.ts'
import { letterStep } from './letter-step.ts'
import { step, type Telling } from './telling.ts'

const TEXT_CHARS = 300
/** A webhook that is away for an hour leaves many: the first few and the last tell enough. */
const MOST_HOLDS = 4

/** The way of one message, from being queued to its end; and again where it was replayed or has moved. */
export function messageSteps(trail: Trail, evidence: Evidence, telling: Telling): ExplainStep[] {
  const letters = evidence.letters.filter(({ letter }) => letter.message?.id === trail.id)
  const steps: ExplainStep[] = []
  let told = 0
  for (const [nth, hop] of trail.hops.entries()) {
    const queuedAgain = nth === 0 ? null : againText(hop, letters[told - 1])
    steps.push(queuedStep(hop, queuedAgain, telling), ...holdSteps(hop))
    if (hop.final === null) steps.push(waitingStep(hop, evidence, telling))
    else steps.push(finalStep(hop, hop.final), ...hop.repeats.map(repeatStep))
    const letter = letters[told]
    if (letter === undefined || (hop.final !== null && !isGivenUp(hop.final))) continue
    steps.push(letterStep(letter, telling))
    told += 1
  }
  return [...steps, ...letters.slice(told).map((letter) => letterStep(letter, telling))]
}

function repeatStep({ outcome, recorded_at: at, answer, attempts }: Receipt): ExplainStep {
  return step({
    at,
    stage: 'receipt',
    tone: 'bad',
    text: `Another receipt says that it was ${outcome === 'delivered' ? 'delivered' : 'done with'} once more: it may show twice.`,
    details: [
      'A process that had been frozen, or had lost its partition, did not know of the other.',
      `outcome: ${outcome}, attempts: ${attempts}${answer?.status == null ? '' : `, answer: ${answer.status}`}`,
    ],
  })
}

function isGivenUp({ outcome }: Receipt): boolean {
  return outcome === 'dead_lettered' || outcome === 'expired'
}

/** Why it was queued once more. */
function againText({ record }: Hop, letter: FoundLetter | undefined): string {
  if (record.moves > 0) return "under its destination's new key, since the address had changed"
  return letter?.replayedAt == null ? 'once more' : 'once more: its dead letter was replayed'
}

function queuedStep(hop: Hop, again: string | null, { config, topics }: Telling): ExplainStep {
  const { record, partition, offset, key, timestamp } = hop
  const { action, destination, message, event } = record
  const at = again === null ? timestamp : (record.moved_at ?? timestamp)
  const own = OWN_ACTIONS.some((one) => one === action)
  const after =
    again === null && !own ? `, ${formatDuration(timestamp - event.timestamp)} after the event` : ''
  return step({
    at,
    stage: 'dispatch',
    tone: 'neutral',
    text: `${own ? "bellhop's own message" : 'A message'} for ${destination} was queued${again === null ? ` by ${action}${after}` : ` ${again}`}.`,
    details: [
      ...(again === null
        ? [`message id: ${record.id}`, `text: ${cutTo(message.text.replaceAll('\n', ' ⏎ '), TEXT_CHARS)}`]
        : []),
      `record: ${topics.dispatch}, partition ${partition}, offset ${offset}`,
      `lane: ${laneText(key)}`,
      ...paceLines(hop, config),
    ],
  })
}

/** Without its scheme: an address that begins like a webhook's is taken for one, and masked. */
function laneText(key: string): string {
  return key.replace(/^https?:\/\//, '')
}

function paceLines({ before, final, record }: Hop, config: Config): string[] {
  const destination = config.destinations.get(record.destination)
  const intervalMs =
    destination === undefined || destination.type === 'blackhole' ? null : destination.policy.intervalMs
  const pace =
    intervalMs === null ? [] : [`pace: one post in ${formatDuration(intervalMs)} (by this configuration)`]
  const since = final === null ? 'since it was queued' : 'while it waited'
  return before === 0 ? pace : [...pace, `${count(before, 'message')} of its lane ended before it ${since}.`]
}

/** What kept its lane, oldest first. */
function holdSteps(hop: Hop): ExplainStep[] {
  const { holds } = hop
  if (holds.length <= MOST_HOLDS) return holds.map((hold, nth) => holdStep(hop, hold, holds[nth - 1]))
  const first = holds.slice(0, MOST_HOLDS - 1).map((hold, nth) => holdStep(hop, hold, holds[nth - 1]))
  const left = holds.length - MOST_HOLDS
  const more = step({
    stage: 'slack',
    tone: 'waiting',
    text: `Its lane was held ${left === 1 ? 'once' : `${left} times`} more like this.`,
  })
  return [...first, more, ...holds.slice(-1).map((hold) => holdStep(hop, hold, holds.at(-2)))]
}

function holdStep(hop: Hop, hold: Receipt, before: Receipt | undefined): ExplainStep {
  const { recorded_at: recordedAt, held_until: heldUntil, attempts, breaker } = hold
  const until = heldUntil ?? recordedAt
  const isOwn = hold.dispatch_offset === hop.offset
  const at = Math.max(recordedAt, hop.timestamp)
  const held =
    recordedAt < hop.timestamp
      ? `Its lane was held when it was queued, until ${timeText(until)}: ${lowered(reasonOf(hold, before))}.`
      : `${reasonOf(hold, before)}, so nothing left its lane for ${formatDuration(until - at)}, until ${timeText(until)}.`
  return step({
    at,
    stage: 'slack',
    tone: 'waiting',
    text: held,
    details: [
      isOwn
        ? `after ${count(attempts, 'attempt')} to post it`
        : `This came of a message before it: ${hold.id}`,
      ...(breaker === null || breaker === 'closed' ? [] : [`breaker: ${breaker}`]),
    ],
  })
}

/** But for Slack's name. */
function lowered(reason: string): string {
  return reason.startsWith('Slack') ? reason : `${reason.slice(0, 1).toLowerCase()}${reason.slice(1)}`
}

function reasonOf(hold: Receipt, before: Receipt | undefined): string {
  const { answer, detail, ambiguous } = hold
  const said = detail === null ? '' : ` (${detail})`
  if (answer?.status === 429) return 'Slack said that it came too fast (429)'
  const known = before?.dispatch_offset === hold.dispatch_offset ? before.ambiguous : 0
  if (ambiguous > known) return `Nobody knows whether the post arrived${said}`
  if (answer?.status != null) return `Slack answered ${answer.status}${said}`
  return `The post failed${said}`
}

function waitingStep(hop: Hop, { controls, nowMs }: Evidence, { topics, config }: Telling): ExplainStep {
  const { waiting, record, timestamp } = hop
  if (waiting?.isPassed === true) {
    return step({
      stage: 'receipt',
      tone: 'neutral',
      text: `It is done with, but ${topics.receipts} does not tell how any more.`,
      details: [`The group ${topics.dispatchGroup} has passed it, and its receipt is not there.`],
    })
  }
  const { destination } = record
  const held = hop.holds.at(-1)?.held_until ?? 0
  const known = config.destinations.get(destination)
  return step({
    at: nowMs,
    stage: 'dispatch',
    tone: 'waiting',
    text: `It is still waiting for ${destination}, for ${formatDuration(nowMs - timestamp)} now.`,
    details: [
      waiting === null || waiting.ahead === 0
        ? 'No message of its lane is before it.'
        : `${count(waiting.ahead, 'message')} of its lane ${waiting.ahead === 1 ? 'is' : 'are'} before it.`,
      ...(held > nowMs ? [`Its lane is held for ${formatDuration(held - nowMs)} more.`] : []),
      ...controls.filter((control) => control.destination === destination).map(controlText),
      ...(known === undefined ? [`This configuration has no destination ${destination}.`] : []),
      ...(known?.enabled === false ? [`${destination} is disabled in this configuration.`] : []),
      ...(waiting?.isRunning === false
        ? [`No process is in the group ${topics.dispatchGroup}: start \`bellhop run\`.`]
        : []),
    ],
  })
}

function controlText({ kind, destination, why, by, until }: Control): string {
  const isPause = kind === 'pause'
  const ends =
    until === null
      ? isPause
        ? 'until it is resumed'
        : 'until the silence is ended'
      : `until ${timeText(until)}`
  const said = why === null ? '' : `: ${why}`
  const who = by === null ? '' : ` (${by})`
  return `${destination} is ${isPause ? 'paused' : 'silenced'} ${ends}${who}${said}`
}
