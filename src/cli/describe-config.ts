import type {
  Action,
  ApiDestination,
  Config,
  Destination,
  EventsTopic,
  RegistryConfig,
} from '../config/config.ts'
import { formatDuration } from '../config/units.ts'
import { topicNames } from '../core/topic-names.ts'

/** What a configuration holds, section by section, for a person; no secret is in it. */
export function describeConfig(path: string, config: Config): string {
  const { actions, destinations, kafka } = config
  const users = usersOf(actions)
  const own = new Set([config.canary, config.notify].map((one) => one?.destination))
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
      [...destinations.values()].map((one) =>
        describeDestination(one, { isUsed: users.has(one.id) || own.has(one.id) }),
      ),
    ),
    section('Of its own accord', describeOwn(config)),
    section('Registry', config.registry === null ? [] : [describeRegistry(config.registry)]),
    section('Topics', describeTopics(config)),
    section(
      'Slack scopes',
      [...destinations.values()].flatMap((one) => describeScopes(one, users.get(one.id) ?? [])),
    ),
  ]
  return sections.filter((text) => text !== '').join('\n')
}

export function count(amount: number, noun: string): string {
  return `${amount === 0 ? 'no' : amount} ${noun}${amount === 1 ? '' : 's'}`
}

/** The actions of each destination that has any. */
type Users = ReadonlyMap<string, readonly Action[]>

function usersOf(actions: readonly Action[]): Users {
  const users = new Map<string, Action[]>()
  for (const action of actions) {
    for (const id of action.destinations) {
      const known = users.get(id)
      if (known === undefined) users.set(id, [action])
      else known.push(action)
    }
  }
  return users
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

function describeDestination(destination: Destination, { isUsed }: { isUsed: boolean }): string[] {
  const { id, enabled, policy } = destination
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

/** What is sent without any action. */
function describeOwn({ canary, notify }: Config): string[][] {
  const ofCanary =
    canary === null ? [] : [['canary', `-> ${canary.destination}`, `every ${formatDuration(canary.everyMs)}`]]
  if (notify === null) return ofCanary
  const { destination, oldestMessageMs, deadLetters } = notify
  const causes = [
    'breakers',
    `messages older than ${formatDuration(oldestMessageMs)}`,
    `${count(deadLetters, 'dead letter')} in 10m`,
    'refused reloads',
  ]
  return [...ofCanary, ['notify', `-> ${destination}`, causes.join(', ')]]
}

function describeTopics({ kafka }: Config): string[][] {
  const { dispatch, receipts, deadLetters, controls, status } = topicNames(kafka.prefix)
  const { create, partitions, replication, retentionMs } = kafka.topics
  const copies = replication === -1 ? "the broker's replication" : `replication ${replication}`
  const created = `created where missing: ${count(partitions, 'partition')}, ${copies}, kept ${formatDuration(retentionMs)}`
  const compacted = 'created where missing: 1 partition, compacted'
  return [
    ...kafka.events.map((topic) => [
      'reads',
      topic.topic,
      `${formatOf(topic)}, the first time from ${startOf(topic)}`,
    ]),
    ...[dispatch, receipts, deadLetters].map((topic) => ['writes', topic, create ? created : 'must exist']),
    ...[controls, status].map((topic) => ['writes', topic, create ? compacted : 'must exist']),
  ]
}

/** Who logs in there is as secret as the password. */
function describeRegistry({ url, auth, ca }: RegistryConfig): string[] {
  return [url, auth === null ? '' : 'with a login', ca === null ? '' : 'with authorities of its own']
}

/** `avro (type track, event $.eventName)`. */
function formatOf({ format, map }: EventsTopic): string {
  if (map === null) return format
  const { type, paths } = map
  const ofType = type === null ? [] : [`type ${'is' in type ? type.is : type.path}`]
  return `${format} (${[...ofType, ...paths.map(({ field, path }) => `${field} ${path}`)].join(', ')})`
}

function startOf({ start }: EventsTopic): string {
  return start.at === 'time' ? new Date(start.timeMs).toISOString() : `the ${start.at}`
}

/** A channel's id (C, G or D) or a user's (U, W): https://docs.slack.dev/reference/methods/chat.postMessage. */
const SLACK_ID = /^[CDGUW][A-Z0-9]{5,}$/

/** The scopes a token needs for the actions that use it, each with its reason: https://docs.slack.dev/reference/scopes. */
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

function channelNames({ channel }: ApiDestination, actions: readonly Action[]): string[] {
  const overrides = actions.map((action) => action.channel).filter((name) => name !== null)
  return [...new Set([channel, ...overrides])].filter((name) => !SLACK_ID.test(name))
}

function isCustomized({ appearance }: ApiDestination, actions: readonly Action[]): boolean {
  return [appearance, ...actions].some(
    ({ username, iconUrl, iconEmoji }) => (username ?? iconUrl ?? iconEmoji) !== null,
  )
}
