import { NOTIFY_ACTION } from '../../core/own-actions.ts'
import type { Answer, Receipt } from '../../core/records.ts'
import { CAUSE_GUIDE } from '../../dead/cause-guide.ts'
import { count, formatDuration } from '../wording.ts'
import type { Hop } from './evidence.ts'
import type { ExplainStep } from './explanation.ts'
import { step } from './telling.ts'

/** How a dispatch record ended. */
export function finalStep(hop: Hop, receipt: Receipt): ExplainStep {
  const { outcome, recorded_at: at, destination, detail, cause } = receipt
  const isOwnWord = receipt.action === NOTIFY_ACTION
  switch (outcome) {
    case 'delivered':
      return step({
        at,
        stage: 'slack',
        tone: 'good',
        text: `${takerOf(hop)} took it, ${latencyOf(receipt)}.`,
        details: postLines(receipt),
      })
    case 'silenced':
      return step({
        at,
        stage: 'receipt',
        tone: 'neutral',
        text: isOwnWord
          ? "It was dropped on purpose: bellhop's own word goes through no lane that is broken or silenced."
          : `It was dropped on purpose: ${destination} was silenced.`,
        details: detail === null ? [] : [`why: ${detail}`],
      })
    case 'moved':
      return step({
        at,
        stage: 'receipt',
        tone: 'neutral',
        text: `It was moved: the address of ${destination} had changed, so it was queued again under the new one.`,
      })
    case 'expired':
      return step({
        at,
        stage: 'receipt',
        tone: 'bad',
        text: `It was given up, ${latencyOf(receipt)}: it had waited longer than expire_after says.`,
        details: postLines(receipt),
      })
    case 'dead_lettered':
    case null:
      return step({
        at,
        stage: receipt.attempts === 0 ? 'receipt' : 'slack',
        tone: 'bad',
        text: `It was given up, ${latencyOf(receipt)}${cause === null ? '' : `: ${CAUSE_GUIDE[cause].why} (${cause})`}.`,
        details: postLines(receipt),
      })
  }
}

function takerOf({ key, record }: Hop): string {
  return key.startsWith('blackhole/') ? `The blackhole ${record.destination}` : 'Slack'
}

function latencyOf({ recorded_at: at, event, queued_at: queuedAt }: Receipt): string {
  return `${formatDuration(at - event.timestamp)} after the event and ${formatDuration(at - queuedAt)} after it was queued`
}

function postLines(receipt: Receipt): string[] {
  const { attempts, ambiguous, post_messages: shared, answer, detail, breaker } = receipt
  return [
    ...(answer === null ? [] : [`answer: ${answerText(answer)}`]),
    ...(detail === null ? [] : [`detail: ${detail}`]),
    attempts === 0 ? 'It was never posted.' : `attempts: ${attempts}`,
    ...(ambiguous === 0
      ? []
      : [`${count(ambiguous, 'attempt')} may have arrived unanswered, so it may show more than once.`]),
    ...(shared !== null && shared > 1
      ? [`It shared its post with ${count(shared - 1, 'other message')} of its lane (coalesced).`]
      : []),
    ...(breaker === null || breaker === 'closed' ? [] : [`breaker: ${breaker}`]),
  ]
}

function answerText({ status, body, ts, channel }: Answer): string {
  const said = [status === null ? null : String(status), body === '' ? null : body].filter(
    (one) => one !== null,
  )
  const where = [channel === null ? null : `channel ${channel}`, ts === null ? null : `ts ${ts}`]
  return [...said, ...where.filter((one) => one !== null)].join(', ')
}
