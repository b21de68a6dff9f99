import type { Action, ApiDestination, Config, Destination, EventsTopic } from '../config/config.ts'
import { configPath, loadConfig } from '../config/load.ts'
import { formatProblems } from '../config/problem.ts'
import { formatDuration } from '../config/units.ts'
import { topicNames } from '../core/topic-names.ts'
import { EXIT } from './io.ts'

export interface CheckIo {
  env: Record<string, string | undefined>
  stdout: { write(text: string): unknown }
  stderr: { write(text: string): unknown }
}

/**
 * `bellhop check`: what the configuration holds, or everything that is wrong with it. Needs no secret: a
 * variable that is not set is a warning. Gives the exit code.
 */
export async function check(options: { config?: string }, io: CheckIo): Promise<number> {
  const path = configPath(options.config, io.env)
  const loaded = await loadConfig(path, { env: io.env, secrets: 'optional' })
  if (loaded.kind === 'invalid') {
    const { problems } = loaded
    io.stderr.write(`${formatProblems(problems)}\n${count(problems.length, 'problem')}\n`)
    return EXIT.usage
  }
  io.stdout.write(describeConfig(path, loaded.config))
  const { warnings } = loaded
  if (warnings.length > 0)
    io.stdout.write(`\n${count(warnings.length, 'warning')}\n${formatProblems(warnings)}`)
  return EXIT.ok
}

function describeConfig(path: string, config: Config): string {
  const { actions, destinations, kafka } = config
  const counts = [
    count(actions.length, 'action'),
    count(destinations.size, 'destination'),
    count(kafka.events.length, 'topic'),
  ]
  const sections = [
    `${path}: ${counts.join(', ')} (version ${config.version})\n`,
    section('Actions', actions.map(describeAction)),
    section(
      'Destinations',
      [...destinations.values()].map((one) => describeDestination(one, actions)),
    ),
    section('Topics', describeTopics(config)),
    section(
      'Slack scopes',
      [...destinations.values()].flatMap((one) => describeScopes(one, actions)),
    ),
  ]
  return sections.filter((text) => text !== '').join('\n')
}

function count(amount: number, noun: string): string {
  return `${amount === 0 ? 'no' : amount} ${noun}${amount === 1 ? '' : 's'}`
}

/** Rows with their columns aligned, under a heading; nothing where there are none. A column that is empty everywhere is left out. */
function section(heading: string, rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) => {
    return Math.max(...rows.map((row) => [...(row[column] ?? '')].length))
  })
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length))
    return `  ${cells.filter((_, column) => (widths[column] ?? 0) > 0).join('  ')}`.trimEnd()
  })
  return `${heading}\n${lines.join('\n')}\n`
}

const SHOWN_TRIGGER = 100

function describeAction({ id, enabled, destinations, topics, trigger }: Action): string[] {
  const line = trigger.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  const shown = line.length > SHOWN_TRIGGER ? `${line.slice(0, SHOWN_TRIGGER - 1)}…` : line
  const sources = topics === null ? '' : `from ${topics.join(', ')}`
  return [id, enabled ? '' : 'disabled', `-> ${destinations.join(', ')}`, sources, shown]
}

function describeDestination(destination: Destination, actions: readonly Action[]): string[] {
  const { id, enabled, policy } = destination
  const isUsed = actions.some((action) => action.destinations.includes(id))
  const pace = policy.intervalMs === null ? 'not paced' : `a post every ${formatDuration(policy.intervalMs)}`
  const isPaced = destination.type !== 'blackhole'
  return [
    id,
    enabled ? '' : 'disabled',
    kindOf(destination),
    isPaced ? pace : '',
    isUsed ? '' : 'no action uses it',
  ]
}

function kindOf(destination: Destination): string {
  if (destination.type === 'blackhole') return 'blackhole'
  if (destination.type === 'api') return `chat.postMessage to ${destination.channel}`
  const { origin } = new URL(destination.url.reveal())
  return `webhook on ${origin}${destination.channel === null ? '' : `, channel ${destination.channel}`}`
}

function describeTopics({ kafka }: Config): string[][] {
  const { dispatch, receipts, deadLetters } = topicNames(kafka.prefix)
  const { create, partitions, replication, retentionMs } = kafka.topics
  const copies = replication === -1 ? "the broker's replication" : `replication ${replication}`
  const created = `created where missing: ${count(partitions, 'partition')}, ${copies}, kept ${formatDuration(retentionMs)}`
  const written = [dispatch, receipts, deadLetters]
  return [
    ...kafka.events.map((topic) => [
      'reads',
      topic.topic,
      `${topic.format}, the first time from ${startOf(topic)}`,
    ]),
    ...written.map((topic) => ['writes', topic, create ? created : 'must exist']),
  ]
}

function startOf({ start }: EventsTopic): string {
  return start.at === 'time' ? new Date(start.timeMs).toISOString() : `the ${start.at}`
}

/** A channel's id (C, G or D) or a user's (U, W): https://docs.slack.dev/reference/methods/chat.postMessage. */
const SLACK_ID = /^[CDGUW][A-Z0-9]{5,}$/

/** The scopes a token needs, each with its reason: https://docs.slack.dev/reference/scopes. */
function describeScopes(destination: Destination, actions: readonly Action[]): string[][] {
  if (destination.type !== 'api') return []
  const scopes = [['chat:write', 'to post']]
  const names = channelNames(destination, actions)
  if (names.length > 0) {
    scopes.push(['chat:write.public', `where ${names.join(', ')} is public and the app has not joined it`])
  }
  if (isCustomized(destination, actions)) scopes.push(['chat:write.customize', 'for the username and icon'])
  return scopes.map(([scope = '', reason = ''], index) => [index === 0 ? destination.id : '', scope, reason])
}

function channelNames({ id, channel }: ApiDestination, actions: readonly Action[]): string[] {
  const overrides = actions
    .filter((action) => action.destinations.includes(id))
    .map((action) => action.channel)
    .filter((name) => name !== null)
  return [...new Set([channel, ...overrides])].filter((name) => !SLACK_ID.test(name))
}

function isCustomized({ id, appearance }: ApiDestination, actions: readonly Action[]): boolean {
  const using = actions.filter((action) => action.destinations.includes(id))
  return [appearance, ...using].some(
    ({ username, iconUrl, iconEmoji }) => (username ?? iconUrl ?? iconEmoji) !== null,
  )
}
