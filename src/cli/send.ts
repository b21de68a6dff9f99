import { type AnsweredDetail, adviceOn } from '../author/send-answers.ts'
import { chooseDestination } from '../author/send-destination.ts'
import type { ApiDestination, WebhookDestination } from '../config/config.ts'
import { configPath, formatProblems } from '../config/load.ts'
import { AppError } from '../core/errors.ts'
import { didYouMean } from '../core/nearest.ts'
import { createSecretMask } from '../observe/mask-secrets.ts'
import { formatDuration } from '../observe/wording.ts'
import type { Attempt } from '../slack/attempt.ts'
import { createSlackClient } from '../slack/client.ts'
import { systemClock } from '../system.ts'
import { type CommandIo, EXIT } from './io.ts'

export interface SendOptions {
  config?: string
  destination: string
  text: string
}

/** Slack cuts what is longer: https://docs.slack.dev/reference/methods/chat.postMessage. */
const MOST_TEXT = 40_000

/**
 * `bellhop send`: posts one message as `run` would, but at once and outside of any lane, and says what the answer
 * means. The text is the author's own, as in a message outside of `{{ }}`: it goes as it is. Gives the exit code: 0
 * only where Slack took it.
 */
export async function send(options: SendOptions, io: CommandIo): Promise<number> {
  requireText(options.text)
  const id = options.destination
  const chosen = await chooseDestination(configPath(options.config, io.env), id, io.env)
  if (chosen.kind === 'invalid') {
    io.stderr.write(formatProblems(chosen.problems))
    if (chosen.own) io.stderr.write(`\nNot posted: destination ${id} is not complete without this.\n`)
    return EXIT.usage
  }
  if (chosen.kind === 'unknown') throw new AppError('usage', whichDestination(id, chosen.known))
  const { destination } = chosen
  if (destination.type === 'blackhole') {
    io.stdout.write(
      `Not posted: destination ${id} is a blackhole, which takes everything and posts nothing.\n`,
    )
    return EXIT.failed
  }
  if (!destination.enabled) {
    io.stdout.write(
      `Destination ${id} is disabled (enabled: false): run posts nothing there. This message is sent all the same.\n`,
    )
  }
  const attempt = await post(destination, options.text)
  io.stdout.write(describeAttempt(destination, attempt))
  return attempt.outcome === 'sent' ? EXIT.ok : EXIT.failed
}

function requireText(text: string): void {
  if (text.trim() === '') throw new AppError('usage', '--text is empty: say what to post')
  if (text.length > MOST_TEXT) {
    throw new AppError('usage', `--text has ${text.length} characters: Slack takes at most ${MOST_TEXT}`)
  }
}

function whichDestination(id: string, known: readonly string[]): string {
  const all = known.length === 0 ? 'The configuration has none.' : `There are ${known.join(', ')}.`
  return `there is no destination "${id}"${didYouMean(id, known) || '.'} ${all}`
}

async function post(destination: WebhookDestination | ApiDestination, text: string): Promise<Attempt> {
  const client = createSlackClient({ maxSockets: 1, clock: systemClock })
  try {
    const nothing = { channel: null, username: null, icon_url: null, icon_emoji: null }
    return await client.post(destination, { text, ...nothing })
  } finally {
    await client.close()
  }
}

/** What came of it, in words; the address appears up to its host, never its secret. */
export function describeAttempt(destination: WebhookDestination | ApiDestination, attempt: Attempt): string {
  const { answer, outcome, durationMs } = attempt
  const took = `${(durationMs / 1_000).toFixed(2)} s`
  const where = `${destination.id} (${describePlace(destination)})`
  if (outcome === 'sent') {
    const ids = answer?.ts == null ? '' : `, as message ${answer.ts} in channel ${answer.channel ?? '?'}`
    return `Posted to ${where} in ${took}${ids}.\nAnswer: ${withoutSecrets(describeAnswer(attempt))}\n`
  }
  const { means, todo } = adviceOn(toDetail(attempt))
  const verb = outcome === 'ambiguous' ? 'Perhaps posted' : 'Not posted'
  return [
    `${verb} to ${where} after ${took}.`,
    `Answer: ${withoutSecrets(describeAnswer(attempt))}`,
    `What it means: ${means}`,
    ...describeWait(attempt),
    `What to do: ${todo}`,
    `In a running bellhop: ${CONSEQUENCES[outcome]}`,
    '',
  ].join('\n')
}

/** docs/delivery.md, in a line each. */
const CONSEQUENCES: Readonly<Record<Exclude<Attempt['outcome'], 'sent'>, string>> = {
  rate_limited: 'the destination waits as long as it was told, then the same message goes again.',
  retry: 'tried again for `retry_for`, then a dead letter.',
  ambiguous: 'sent again at most twice (`on_ambiguous`), then a dead letter.',
  rejected: 'this message becomes a dead letter; the destination goes on.',
  destination_down: 'messages become dead letters, and one a minute is tried until it works again.',
}

function toDetail({ outcome, detail, answer }: Attempt): AnsweredDetail {
  return { outcome, detail, status: answer?.status ?? null }
}

function describePlace(destination: WebhookDestination | ApiDestination): string {
  if (destination.type === 'api') return `chat.postMessage to ${destination.channel}`
  const channel = destination.channel === null ? '' : `, channel ${destination.channel}`
  return `webhook on ${new URL(destination.url.reveal()).origin}${channel}`
}

function describeAnswer({ answer, detail }: Attempt): string {
  if (answer === null) return `none (${detail ?? 'no reason'})`
  const said = answer.body === '' ? (detail ?? 'ok') : answer.body
  const word = detail === null || said.includes(detail) ? '' : ` (${detail})`
  return `HTTP ${answer.status} ${said}${word}`
}

/** The destination's own are out already; a receiver may send back somebody else's. */
function withoutSecrets(text: string): string {
  return String(JSON.parse(createSecretMask([])(JSON.stringify(text))))
}

function describeWait({ retryAfterMs }: Attempt): string[] {
  return retryAfterMs === null ? [] : [`Slack asks to wait: ${formatDuration(retryAfterMs)}`]
}
