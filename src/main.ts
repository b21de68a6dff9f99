#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { EXIT } from './cli/io.ts'
import { AppError } from './core/errors.ts'
import { packageVersion } from './version.ts'

/** argv to a command, a command to an exit code. Commands are loaded when they are called: --help is instant. */
const LINGER_MS = 1_000
const io = { env: process.env, stdout: process.stdout, stderr: process.stderr }

const CONFIG_OPTION = [
  '-c, --config <path>',
  'configuration file or folder (default: $BELLHOP_CONFIG, then ./bellhop.yaml)',
] as const

const OLDEST_NODE = 22
if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(
    `bellhop: needs Node ${OLDEST_NODE} or newer, and this is ${process.versions.node}; in a checkout, npx bellhop brings its own\n`,
  )
  process.exit(EXIT.failed)
}

const program = new Command('bellhop')
  .description(
    'Reads analytics events from Kafka, decides by rules which deserve attention, and posts those to Slack.',
  )
  .version(packageVersion())
  .showHelpAfterError('(bellhop --help shows the commands and options)')
  .exitOverride()

program
  .command('run')
  .description('run until SIGTERM or SIGINT, then finish posts in flight, commit and exit')
  .option(...CONFIG_OPTION)
  .option('--stages <list>', 'stages to run in this process: match, dispatch (default: both)')
  .option(
    '--http <host:port>',
    'where health and metrics are served (default: 127.0.0.1:9464; port 0 takes a free one)',
  )
  .option(
    '--start <position>',
    'where topics begin whose committed offsets have expired: earliest, latest or a time',
  )
  .option('--log-level <level>', 'trace, debug, info, warn, error (default: info)')
  .option('--watch', 'reload the configuration when one of its files changes, as SIGHUP does')
  .option('--dry-run', 'read the live topics, log what would be posted, post and write nothing')
  .action(async (options) => {
    const { dryRun = false, ...running } = options
    if (dryRun)
      await finish((await import('./cli/dry-run.ts')).dryRun(running, { ...io, signal: untilSignalled() }))
    else await finish((await import('./cli/run.ts')).run(running, io))
    // All is closed; but a broker that accepts and never answers holds kafkajs' sockets open for 30 s more.
    process.exit()
  })

program
  .command('check')
  .description('load the configuration and print what it holds, or every error in it')
  .option('--strict', 'warnings are errors')
  .option(...CONFIG_OPTION)
  .action(async (options) => finish((await import('./cli/check.ts')).check(options, io)))

program
  .command('init')
  .description('write a configuration to begin with, from the events of a topic where one is named')
  .option('--brokers <list>', 'addresses of the cluster, with commas between them')
  .option('--topic <topic>', 'the topic whose newest events are looked at')
  .option('--registry <url>', 'the schema registry, where the events are Avro')
  .option('--into <folder>', 'where the files are written (default: here); no file is ever overwritten')
  .action(async (options) => finish((await import('./cli/init.ts')).init(options, io)))

program
  .command('send')
  .description('post one message to a destination now, and say what Slack answered and what to do about it')
  .requiredOption('--destination <id>', 'the destination to try')
  .requiredOption('--text <text>', 'what to post')
  .option(...CONFIG_OPTION)
  .action(async (options) => finish((await import('./cli/send.ts')).send(options, io)))

program
  .command('try [event]')
  .description('what would be sent for an event, or for the newest of a topic, and why the rest would not')
  .option('--action <id>', 'this action only')
  .option('--topic <topic>', 'the newest events of this topic instead of a file')
  .option('--last <number>', 'how many of them', '100')
  .option(...CONFIG_OPTION)
  .action(async (event, options) => finish((await import('./cli/try.ts')).tryEvents(event, options, io)))

program
  .command('test')
  .description('run the *_test.yaml files beside the configuration')
  .option(...CONFIG_OPTION)
  .action(async (options) => finish((await import('./cli/test.ts')).test(options, io)))

program
  .command('backtest')
  .description('how often an action would have fired on what the events topics hold; sends nothing')
  .requiredOption('--action <id>', 'the action')
  .option('--since <when>', 'from then on: a duration such as 24h, or a time', '24h')
  .option(...CONFIG_OPTION)
  .action(async (options) => finish((await import('./cli/backtest.ts')).backtest(options, io)))

program
  .command('status')
  .description('the whole group: stages, lag, lanes, dead letters, silences, messages; live on a terminal')
  .option('--once', 'print it once and end, as it does where the output is no terminal')
  .option('--json', 'as one line of JSON')
  .option('--live', 'with --json: a line whenever it changes, until stopped')
  .option(...CONFIG_OPTION)
  .action(async (options) => {
    await finish((await import('./cli/status.ts')).status(options, { ...io, stdin: process.stdin }))
  })

program
  .command('explain <id>')
  .description(
    'what happened to an event or message, and why: by message id, topic:partition:offset, or messageId',
  )
  .option('--since <when>', 'look for a messageId from then on: a duration such as 24h, or a time', '24h')
  .option('--json', 'one JSON object')
  .option(...CONFIG_OPTION)
  .action(async (id, options) => finish((await import('./cli/explain.ts')).explain(id, options, io)))

program
  .command('schema')
  .description('print the JSON Schema of the configuration, for editors')
  .action(async () => finish((await import('./cli/schema.ts')).schema(io)))

program
  .command('kafka')
  .description('start a local Kafka in the foreground and print its address')
  .option('--port <port>', 'port to listen on (default: 9092 when free)', parsePort)
  .option('--data <folder>', 'where it keeps its data')
  .action(async (options) => {
    const { kafkaCommand } = await import('./cli/kafka.ts')
    await finish(kafkaCommand(options, { ...io, signal: untilSignalled() }))
  })

program
  .command('demo')
  .description('a local Kafka, a stream of events and a Slack simulator: watch messages arrive in channels')
  .option('--for <duration>', 'how long events are produced', '30s')
  .option('--rate <events per second>', 'events a second', '200')
  .option('--port <port>', 'port of the page (default: a free one)', parsePort)
  .option('--seed <number>', 'the same seed gives the same events', '1')
  .option(
    '--no-faults',
    'leave out what goes wrong on purpose: a webhook gone, one throttled, a process killed',
  )
  .option('--avro', 'events and records in Avro, through a local schema registry')
  .action(async (options) => finish((await import('./cli/demo.ts')).demo(options, io)))

program
  .command('simulator')
  .description(
    'a stand-in for Slack in the foreground: answers as strictly, prints what arrives (keeps what arrived in memory)',
  )
  .option('--port <port>', 'port to listen on (default: 3999; 0 takes a free one)', parsePort)
  .option('--host <host>', 'address to listen on (default: 127.0.0.1)')
  .option('--rate <rate>', 'what a webhook or channel takes, such as 1/s, or off (default: 1/s)')
  .action(async (options) => {
    const { simulatorCommand } = await import('./cli/simulator.ts')
    await finish(simulatorCommand(options, { ...io, signal: untilSignalled() }))
  })

const dead = program.command('dead').description('what could not be delivered: look at it, and send it again')
function choosing(command: Command): Command {
  return command
    .option('--destination <id>', 'letters of this destination')
    .option('--action <id>', 'letters of this action')
    .option('--cause <cause>', 'letters with this cause')
    .option('--since <when>', 'letters since then: a duration such as 24h, or a time')
    .option(...CONFIG_OPTION)
}

choosing(dead.command('list'))
  .description('one line a letter, oldest first within each partition, and how many there are by cause')
  .option('--all', 'those that were replayed, too')
  .option('--json', 'one JSON object a line')
  .action(async (options) => finish((await import('./cli/dead/list.ts')).deadList(options, io)))

dead
  .command('show <id>')
  .description("everything of the letters with a message's id, or of an event (topic:partition:offset)")
  .option('--json', 'the record as it was written')
  .option(...CONFIG_OPTION)
  .action(async (id, options) => finish((await import('./cli/dead/show.ts')).deadShow(id, options, io)))

choosing(dead.command('replay [ids...]'))
  .description('send letters back into the flow, each once; bellhop may be running')
  .option('--all', 'every letter that was not replayed yet')
  .option('--dry-run', 'say what would be done, and change nothing')
  .action(async (ids, options) => finish((await import('./cli/dead/replay.ts')).deadReplay(ids, options, io)))

const silence = program
  .command('silence')
  .description("drop a destination's messages for a while, each with a receipt that says so")
silence
  .command('add')
  .description('silence a destination; every process obeys within a second')
  .requiredOption('--destination <id>', 'whose messages are dropped')
  .requiredOption('--why <text>', 'the reason, for everybody who looks: it stands in every receipt')
  .option('--for <duration>', 'how long, such as 2h')
  .option('--until <time>', 'or until when, such as 2026-01-31T08:00:00Z')
  .option(...CONFIG_OPTION)
  .action(async (options) => finish((await import('./cli/silence/add.ts')).silenceAdd(options, io)))
silence
  .command('list')
  .description('what is silenced and paused now: since and until when, by whom and why')
  .option('--json', 'one JSON object a line')
  .option(...CONFIG_OPTION)
  .action(async (options) => finish((await import('./cli/silence/list.ts')).silenceList(options, io)))
silence
  .command('end <destination>')
  .description('post its messages again from now on')
  .option(...CONFIG_OPTION)
  .action(async (destination, options) =>
    finish((await import('./cli/silence/end.ts')).silenceEnd(destination, options, io)),
  )

program
  .command('pause <destination>')
  .description('its messages wait in order until "bellhop resume"; every process obeys within a second')
  .option('--why <text>', 'the reason, for everybody who looks')
  .option('--for <duration>', 'how long, such as 30m (default: until it is resumed)')
  .option('--until <time>', 'or until when, such as 2026-01-31T08:00:00Z')
  .option(...CONFIG_OPTION)
  .action(async (destination, options) =>
    finish((await import('./cli/pause.ts')).pause(destination, options, io)),
  )

program
  .command('resume <destination>')
  .description('what waits since "bellhop pause" goes out, in order')
  .option(...CONFIG_OPTION)
  .action(async (destination, options) =>
    finish((await import('./cli/resume.ts')).resume(destination, options, io)),
  )

/** Aborted by the first signal that asks the process to end. */
function untilSignalled(): AbortSignal {
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopped.abort())
  return stopped.signal
}

async function finish(command: Promise<number>): Promise<void> {
  try {
    process.exitCode = await command
  } finally {
    // A client of a broker that is away may keep its sockets and timers for longer than anyone wants to wait.
    setTimeout(() => process.exit(), LINGER_MS).unref()
  }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new AppError('usage', `"${text}" is no port: write a number from 0 to 65535`)
}

/** kafkajs starts timers with times that have passed; Node says so once, to users who can do nothing about it. */
function silenceKafkaTimerWarning(): void {
  const emit = process.emitWarning.bind(process)
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    const name = warning instanceof Error ? warning.name : rest[0]
    if (name !== 'TimeoutNegativeWarning') Reflect.apply(emit, process, [warning, ...rest])
  }) as typeof process.emitWarning
}

/** `bellhop schema | head` has read enough; what waits to be written is nobody's any more. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
silenceKafkaTimerWarning()
try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage
  } else if (error instanceof AppError) {
    process.stderr.write(`bellhop: ${error.message}\n`)
    process.exitCode = error.code === 'usage' || error.code === 'config_invalid' ? EXIT.usage : EXIT.failed
  } else {
    throw error
  }
}
