import { isUtf8 } from 'node:buffer'
import { buffer } from 'node:stream/consumers'
import { authoredFormats } from '../author/authored-events.ts'
import { createMatchExplainer } from '../author/explain-match.ts'
import { newestEvents } from '../author/topic-events.ts'
import { parseEventFile, toGivenRecord } from '../author/try-events.ts'
import type { Config } from '../config/config.ts'
import { readText } from '../config/files.ts'
import { suggestion } from '../config/suggestion.ts'
import { AppError } from '../core/errors.ts'
import type { EventRecord } from '../event/event.ts'
import { createEventFormats, type EventFormats } from '../event/event-formats.ts'
import { missingSchemas } from '../event/missing-schemas.ts'
import { systemClock } from '../system.ts'
import { createOutput } from './dead/output.ts'
import { type CommandIo, EXIT } from './io.ts'
import { createLineMask } from './line-mask.ts'
import { loadForCommand } from './load-for-command.ts'
import { withSession } from './session.ts'
import { describeBriefly, describeOne, type TriedEvent } from './try-report.ts'
import { createTotals } from './try-totals.ts'
import { warnOfMissing } from './warn-of-missing.ts'

export interface TryOptions {
  config?: string
  action?: string
  topic?: string
  last: string
}

/**
 * `bellhop try`: what would be sent for the events of a file (no broker is asked) or for the newest of a topic, and
 * why the rest would not. Needs no secret. Gives the exit code, which is 0 whatever would be sent.
 */
export async function tryEvents(
  event: string | undefined,
  options: TryOptions,
  io: CommandIo,
): Promise<number> {
  const last = parseLast(options.last)
  if (event !== undefined) return tryFile(event, options, io)
  const { topic } = options
  if (topic === undefined) {
    throw new AppError(
      'usage',
      'name a file with events, or a topic: `bellhop try event.json` (- reads standard input), or `bellhop try --topic T --last 100`',
    )
  }
  return withSession({ config: options.config, secrets: 'optional' }, io, async (session) => {
    const config = withAction(session.config, options.action)
    requireTopic(config, topic)
    const records = await newestEvents(session, { topic, last })
    const formats = createEventFormats(config.kafka.events, session.schemas)
    const missing = missingSchemas(records, formats)
    if (missing.size > 0) await session.schemas.learn(missing)
    if (records.length === 0) io.stderr.write(`${topic} holds no events\n`)
    const named = records.map((record) => ({ record, name: `${topic}:${record.partition}:${record.offset}` }))
    return report(named, { config, formats, isOneAction: options.action !== undefined }, io)
  })
}

async function tryFile(file: string, options: TryOptions, io: CommandIo): Promise<number> {
  const loaded = await loadForCommand(options, io, 'optional')
  if (loaded === null) return EXIT.usage
  warnOfMissing(loaded.warnings, io.stderr)
  const config = withAction(loaded.config, options.action)
  const [first] = config.kafka.events
  const topic = options.topic ?? first?.topic ?? ''
  requireTopic(config, topic)
  const name = file === '-' ? 'standard input' : file
  const events = parseEventFile(await readEventFile(file), name)
  const formats = authoredFormats(config)
  const nowMs = systemClock.nowMs()
  const named = events.map((json, index) => ({
    record: toGivenRecord(json, { topic, offset: index, nowMs, formats }),
    name: events.length === 1 ? name : `${name}, event ${index + 1}`,
  }))
  return report(named, { config, formats, isOneAction: options.action !== undefined }, io)
}

async function readEventFile(file: string): Promise<string> {
  if (file === '-') {
    const bytes = await buffer(process.stdin)
    if (!isUtf8(bytes)) throw new AppError('usage', 'cannot read standard input: it is not UTF-8 text')
    return bytes.toString('utf8')
  }
  const read = await readText(file)
  if (read.kind === 'read') return read.text
  throw new AppError('usage', `cannot read ${file}: ${read.reason}`)
}

interface Trial {
  config: Config
  formats: EventFormats
  isOneAction: boolean
}

async function report(
  events: readonly { name: string; record: EventRecord }[],
  { config, formats, isOneAction }: Trial,
  io: CommandIo,
): Promise<number> {
  const explain = createMatchExplainer(config, formats)
  const output = createOutput(io.stdout)
  const mask = createLineMask(config)
  const print = async (lines: readonly string[]): Promise<void> => {
    for (const line of lines) await output.line(mask(line))
  }
  const totals = createTotals(config)
  for (const { name, record } of events) {
    if (!output.open) return EXIT.ok
    const tried: TriedEvent = { name, record, explained: explain(record) }
    totals.add(tried)
    await print(
      events.length === 1 ? describeOne(tried, config) : describeBriefly(tried, { config, isOneAction }),
    )
  }
  if (events.length > 1) await print(['', ...(await totals.lines())])
  await output.flush()
  return EXIT.ok
}

function withAction(config: Config, id: string | undefined): Config {
  if (id === undefined) return config
  const actions = config.actions.filter((action) => action.id === id)
  if (actions.length > 0) return { ...config, actions }
  const known = config.actions.map((action) => action.id)
  throw new AppError('usage', `the configuration has no such action as ${id}${suggestion(id, known)}`)
}

function requireTopic({ kafka }: Config, topic: string): void {
  const topics = kafka.events.map((one) => one.topic)
  if (topics.includes(topic)) return
  throw new AppError(
    'usage',
    `the configuration does not read ${topic}; kafka.events names ${topics.join(', ')}`,
  )
}

const MOST_EVENTS = 10_000

function parseLast(text: string): number {
  const last = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (last >= 1 && last <= MOST_EVENTS) return last
  throw new AppError(
    'usage',
    `--last must be a whole number from 1 to ${MOST_EVENTS.toLocaleString('en-US')}`,
  )
}
