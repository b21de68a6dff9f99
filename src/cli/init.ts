import { rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { filesForTopic, starterFiles } from '../author/init-config.ts'
import type { InitFiles, InitSource } from '../author/init-files.ts'
import { surveyEvents } from '../author/init-survey.ts'
import { readTopicEvents } from '../author/init-topic.ts'
import { filesInTheWay, writeInitFiles } from '../author/init-write.ts'
import { loadConfig } from '../config/load.ts'
import { AppError } from '../core/errors.ts'
import { type CommandIo, EXIT } from './io.ts'
import { withSession } from './session.ts'
import { onStopSignal } from './signals.ts'

export interface InitOptions {
  brokers?: string
  topic?: string
  registry?: string
  into?: string
}

const DEFAULT_BROKERS = 'localhost:9092'
const DEFAULT_TOPIC = 'analytics.events'

/**
 * `bellhop init`: writes a configuration and its tests, from the events of a topic where one is named. Reads without a
 * group, and leaves nothing behind in Kafka. Gives the exit code.
 */
export async function init(options: InitOptions, io: CommandIo): Promise<number> {
  const folder = options.into ?? '.'
  const inTheWay = await filesInTheWay(folder)
  if (inTheWay.length > 0) return refuse(inTheWay, io)
  const { topic, registry = null } = options
  const source = { brokers: options.brokers ?? (io.env.KAFKA_BROKERS || DEFAULT_BROKERS), registry }
  requirePlain(source)
  if (topic === undefined) {
    await requireRight({ ...source, topic: DEFAULT_TOPIC })
    return write({ folder, topic: DEFAULT_TOPIC }, starterFiles({ ...source, topic: DEFAULT_TOPIC }), io)
  }
  return withTopicConfig({ ...source, topic }, (config) =>
    withSession({ config, secrets: 'optional' }, { ...io, env: {} }, async (session) => {
      const { events, unreadable } = await readTopicEvents(session, topic)
      const survey = surveyEvents(events)
      io.stdout.write(describeFindings({ topic, unreadable, survey }))
      return write({ folder, topic }, filesForTopic(survey, { ...source, topic }), io)
    }),
  )
}

/** A configuration that has only what it takes to read the topic, for the time of the work. */
async function withTopicConfig(source: InitSource, work: (path: string) => Promise<number>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'bellhop-init-'))
  const signals = onStopSignal((signal) => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(signal === 'SIGINT' ? 130 : 143)
  })
  try {
    const path = join(folder, 'bellhop.yaml')
    await writeFile(path, topicConfig(source))
    const loaded = await loadConfig(path, { env: {}, secrets: 'optional' })
    if (loaded.kind === 'invalid') {
      throw new AppError('usage', loaded.problems.map(({ message }) => asOption(message)).join('\n'))
    }
    return await work(path)
  } finally {
    signals.release()
    await rm(folder, { recursive: true })
  }
}

/** They become the default of a variable, which ends at the first brace. */
function requirePlain({ brokers, registry }: Omit<InitSource, 'topic'>): void {
  if (/[{}]/.test(brokers))
    throw new AppError('usage', '--brokers must be host:port, several with commas between')
  if (/[{}]/.test(registry ?? ''))
    throw new AppError('usage', '--registry must be a web address without { and }')
}

async function requireRight(source: InitSource): Promise<void> {
  await withTopicConfig(source, async () => EXIT.ok)
}

/** In quotes, with `\${` as it stands: an argument is no template. */
function topicConfig({ brokers, topic, registry }: InitSource): string {
  const literal = (text: string): string => JSON.stringify(text.replaceAll('${', () => '$${'))
  const format = registry === null ? 'json' : 'avro'
  const kafka = `kafka: { brokers: ${literal(brokers)}, events: [{ topic: ${literal(topic)}, format: ${format} }] }\n`
  return registry === null
    ? kafka
    : `${kafka}registry: { url: ${literal(registry)}, unknown_schema_wait: 1s }\n`
}

/** The options of the command, by the options of the configuration that they become. */
const OPTIONS: readonly [RegExp, string][] = [
  [/^kafka\.brokers(?:\[\d+\])?: /, '--brokers '],
  [/^kafka\.events(?:\[\d+\])?(?:\.topic)?: /, '--topic '],
  [/^registry\.url: /, '--registry '],
]

function asOption(message: string): string {
  return OPTIONS.reduce((text, [name, option]) => text.replace(name, option), message)
}

interface Findings {
  topic: string
  unreadable: number
  survey: ReturnType<typeof surveyEvents>
}

function describeFindings({ topic, unreadable, survey }: Findings): string {
  const { events, calls, foreign } = survey
  const lines = [`Read the ${events} newest events of ${topic}: ${calls.length} different ones.`]
  if (unreadable > 0)
    lines.push(`${unreadable} further records could not be read; run would put them into dead letters.`)
  if (calls.length === 0 && foreign.events > 0) {
    lines.push(
      'None of them has a type of the Segment spec (track, identify, page, screen, group, alias).',
      'The configuration has a commented `map:` with guesses at where the fields stand: correct it, then run bellhop try.',
    )
  }
  return `${lines.join('\n')}\n`
}

interface Target {
  folder: string
  /** That the configuration reads. */
  topic: string
}

async function write(target: Target, files: InitFiles, io: CommandIo): Promise<number> {
  const { folder } = target
  const written = await writeInitFiles(folder, files)
  if (written.kind === 'there_already') return refuse(written.paths, io)
  if (written.kind === 'not_possible') {
    io.stderr.write(`bellhop: cannot write ${written.path}: ${written.reason}\n`)
    return EXIT.failed
  }
  io.stdout.write(`Wrote ${written.paths.join(' and ')}.\n\n${nextSteps(target)}`)
  return EXIT.ok
}

function refuse(paths: readonly string[], io: CommandIo): number {
  const what = paths.length === 1 ? 'is there already' : 'are there already'
  io.stderr.write(
    `bellhop: ${paths.join(' and ')} ${what}, and init overwrites nothing: move it away, or name another folder with --into\n`,
  )
  return EXIT.failed
}

function nextSteps({ folder, topic }: Target): string {
  const steps = [
    ['bellhop check', 'what it holds, and everything that is wrong with it'],
    ['bellhop test', 'whether each event gives the message it should'],
    [`bellhop try --topic ${topic}`, 'what would be sent for the newest events, and why the rest would not'],
    ['bellhop run --dry-run', 'what would be posted from now on'],
    ['bellhop send --destination slack --text hello', 'one real message, and what Slack says'],
    ['bellhop run', 'until Ctrl-C'],
  ]
  const width = Math.max(...steps.map(([command = '']) => command.length))
  const lines = [
    ...(resolve(folder) === resolve('.') ? [] : [`cd ${inShell(folder)}`]),
    'export SLACK_WEBHOOK_URL=https://hooks.slack.com/services/...',
    ...steps.map(([command = '', what = '']) => `${command.padEnd(width)}  # ${what}`),
  ]
  return `Next:\n${lines.map((line) => `  ${line}\n`).join('')}${EDITOR}`
}

function inShell(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}

const EDITOR = `
For an editor that completes and checks it: bellhop schema > bellhop.schema.json, and as the first line of bellhop.yaml
  # yaml-language-server: $schema=./bellhop.schema.json
`
