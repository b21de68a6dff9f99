import {
  type ExplainedAction,
  type ExplainedEvent,
  isNear,
  nearestFirst,
} from '../../author/explain-match.ts'
import { outcomeLines } from '../../author/outcome-text.ts'
import { OWN_ACTIONS } from '../../core/own-actions.ts'
import { CAUSE_GUIDE } from '../../dead/cause-guide.ts'
import { count } from '../wording.ts'
import type { Evidence } from './evidence.ts'
import type { ExplainStep } from './explanation.ts'
import { listed, step, type Telling } from './telling.ts'

const MOST_NEAR = 5
const MOST_BLOCKED = 10

/**
 * Which actions match the event and which do not, and why. `action`: the one that was asked about, which is told of
 * whatever becomes of it; null where none was.
 */
export function matchSteps(evidence: Evidence, telling: Telling, action: string | null): ExplainStep[] {
  const { explained, trails, isCanary } = evidence
  if (isCanary) {
    return [
      step({
        stage: 'match',
        tone: 'neutral',
        text: 'It goes the way of every event, to show that all stages work: match makes one message of it, and no rule sees it.',
      }),
    ]
  }
  if (explained === null) return []
  const at = trails[0]?.hops[0]?.timestamp ?? null
  if (explained.kind === 'no_value')
    return [step({ at, stage: 'match', tone: 'neutral', text: 'The record has no value, and is skipped.' })]
  if (explained.kind === 'poison') return [poisonStep(explained, at)]
  return [actionsStep(explained.actions, { evidence, telling, action, at })]
}

function poisonStep(
  { cause, detail }: Extract<ExplainedEvent, { kind: 'poison' }>,
  at: number | null,
): ExplainStep {
  return step({
    at,
    stage: 'match',
    tone: 'bad',
    text: `No action can see the event: ${CAUSE_GUIDE[cause].why} (${cause}).`,
    details: detail === null ? [] : [`detail: ${detail}`],
  })
}

interface Looked {
  evidence: Evidence
  telling: Telling
  action: string | null
  at: number | null
}

function actionsStep(actions: readonly ExplainedAction[], looked: Looked): ExplainStep {
  const { evidence, telling, action, at } = looked
  const sent = actions.filter(({ outcome }) => outcome.kind === 'sent')
  const blocked = actions.filter(isBlocked)
  const near = nearestFirst(actions).filter(isNear)
  const shownNear = near.slice(0, MOST_NEAR).map(({ action: of, ...missed }): ExplainedAction => {
    return { action: of, outcome: { kind: 'trigger_false', ...missed } }
  })
  const told = [...sent, ...blocked.slice(0, MOST_BLOCKED), ...shownNear]
  const asked = actions.filter(
    (one) => one.action.id === action && !told.some((of) => of.action === one.action),
  )
  const others = actions.length - told.length - asked.length
  const isNotConfigured =
    action !== null && !isOwn(action) && !actions.some((one) => one.action.id === action)
  const ids = sent.map((one) => one.action.id)
  return step({
    at,
    stage: 'match',
    tone: 'neutral',
    text:
      sent.length === 0
        ? `None of the ${count(actions.length, 'action')} of this configuration sends anything for the event.`
        : `Of ${count(actions.length, 'action')}, ${listed(ids)} ${sent.length === 1 ? 'matches' : 'match'} the event.`,
    details: [
      ...versionLines(evidence, telling),
      ...(isNotConfigured ? [`This configuration has no action ${action}.`] : []),
      ...[...asked, ...told].flatMap((one) => linesOf(one, telling)),
      ...differences(evidence, { actions, action }),
      ...(others > 0
        ? [`${count(others, 'other action')} ${others === 1 ? 'is' : 'are'} not about this event.`]
        : []),
    ],
  })
}

function isOwn(action: string): boolean {
  return OWN_ACTIONS.some((own) => own === action)
}

function linesOf(one: ExplainedAction, { config }: Telling): string[] {
  const { action, outcome } = one
  if (outcome.kind !== 'sent' || outcome.unsent.length > 0) return outcomeLines(one, config)
  return [`${action.id}: its trigger holds, and it sends to ${listed(action.destinations)}`]
}

/** Its trigger holds, and yet nothing is sent. */
function isBlocked({ outcome }: ExplainedAction): boolean {
  switch (outcome.kind) {
    case 'withheld':
    case 'not_rendered':
    case 'destinations_disabled':
      return true
    case 'disabled':
      return outcome.reason === null
    case 'sent':
    case 'trigger_false':
    case 'other_topic':
      return false
  }
}

/** By which configuration this was found out, and by which it ran. */
function versionLines({ trails, match, place }: Evidence, { config }: Telling): string[] {
  const ran = [...new Set(trails.flatMap(({ hops }) => hops.map(({ record }) => record.config_version)))]
  if (ran.length === 1 && ran[0] === config.version)
    return [`configuration: ${config.version}, which also ran`]
  const isRead = match?.committed != null && match.committed > place.offset
  if (ran.length === 0 && !isRead) return [`configuration: ${config.version}, if it is the one that runs`]
  if (ran.length === 0)
    return [`configuration: ${config.version}; the one that ran when the event came may have been another`]
  return [
    `configuration: ${config.version}; what was queued was made by ${listed(ran)}, which may have decided otherwise`,
  ]
}

/** Where what was queued is not what this configuration would queue. */
function differences(
  { trails, others, match, place }: Evidence,
  { actions, action }: { actions: readonly ExplainedAction[]; action: string | null },
): string[] {
  if (match === null || match.committed === null || match.committed <= place.offset) return []
  const would = actions.flatMap(({ outcome }) => (outcome.kind === 'sent' ? outcome.messages : []))
  const queued = new Set([...trails.map(({ id }) => id), ...others])
  const missing = would.filter(
    ({ record }) => !queued.has(record.id) && (action === null || record.action === action),
  )
  const extra = trails.filter(
    ({ id, hops }) =>
      !would.some(({ record }) => record.id === id) && !hops.some(({ record }) => isOwn(record.action)),
  )
  return [
    ...missing.map(
      ({ record }) =>
        `${record.action}: this configuration would send it to ${record.destination}, and yet no record of that is left: another configuration ran when the event came, the event was not read, or the record is older than its topic keeps it.`,
    ),
    ...extra.map(({ hops }) => {
      const { action: by, destination } = hops[0]?.record ?? { action: '', destination: '' }
      return `${by}: a message for ${destination} was queued, which this configuration would not do.`
    }),
  ]
}
