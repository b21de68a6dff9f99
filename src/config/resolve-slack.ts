import type { DeliveryPolicy, SlackConfig } from './config.ts'
import type { Report } from './report.ts'
import { slackSpec } from './spec/config-spec.ts'
import { POST_MESSAGE_URL } from './spec/slack.ts'
import type { Path } from './tree.ts'
import { readSection } from './validate.ts'

export interface ResolvedSlack {
  slack: SlackConfig
  /** The address of chat.postMessage. */
  methodUrl: string
  policy: DeliveryPolicy
}

/** The section `slack`. Where something is wrong it is reported, and what is returned has gaps. */
export function resolveSlack(report: Report): ResolvedSlack {
  const written = readSection(slackSpec, ['slack'], report)
  const slack: SlackConfig = {
    allowOrigins: written.allow_origins ?? [],
    maxSockets: written.max_sockets ?? 0,
    queueLimitBytes: written.queue_limit ?? 0,
  }
  const methodUrl = written.api_url ?? POST_MESSAGE_URL
  const isOwn = written.allow_origins !== undefined
  if (isOwn) checkOrigin({ url: methodUrl, known: API_ORIGINS, path: ['slack', 'api_url'] }, slack, report)
  return { slack, methodUrl, policy: mergePolicy(written, NO_POLICY) }
}

const NO_POLICY: DeliveryPolicy = {
  intervalMs: null,
  retryForMs: 0,
  onAmbiguous: 'resend',
  coalesce: null,
  laneLimit: 0,
  expireAfterMs: null,
}

interface WrittenPolicy {
  rate?: number | null | undefined
  retry_for?: number | undefined
  on_ambiguous?: DeliveryPolicy['onAmbiguous'] | undefined
  coalesce?: { max_messages: number; max_chars: number } | null | undefined
  lane_limit?: number | undefined
  expire_after?: number | null | undefined
}

/** What a destination says itself, and else what holds for all. */
export function mergePolicy(written: WrittenPolicy, all: DeliveryPolicy): DeliveryPolicy {
  const { rate, coalesce, expire_after: expireAfterMs } = written
  return {
    intervalMs: rate === undefined ? all.intervalMs : rate,
    retryForMs: written.retry_for ?? all.retryForMs,
    onAmbiguous: written.on_ambiguous ?? all.onAmbiguous,
    coalesce: coalesce === undefined ? all.coalesce : limitsOf(coalesce),
    laneLimit: written.lane_limit ?? all.laneLimit,
    expireAfterMs: expireAfterMs === undefined ? all.expireAfterMs : expireAfterMs,
  }
}

function limitsOf(coalesce: { max_messages: number; max_chars: number } | null): DeliveryPolicy['coalesce'] {
  return coalesce === null ? null : { maxMessages: coalesce.max_messages, maxChars: coalesce.max_chars }
}

export const WEBHOOK_ORIGINS = ['https://hooks.slack.com', 'https://hooks.slack-gov.com']
const API_ORIGINS = ['https://slack.com']

interface CheckedUrl {
  url: string
  known: readonly string[]
  path: Path
}

/** Secrets go to Slack and to origins that a person named, nowhere else. The message names the origin, never the path. */
export function checkOrigin({ url, known, path }: CheckedUrl, slack: SlackConfig, report: Report): void {
  const { origin } = new URL(url)
  if (known.includes(origin) || slack.allowOrigins.includes(origin)) return
  report.error(
    path,
    `${origin} is not Slack's ${known.join(' or ')}; if messages are to go there, add it to slack.allow_origins`,
  )
}
