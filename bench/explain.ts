/**
 * `npm run bench:explain`: how long `bellhop explain` takes by each kind of id, from its start to its end, on events
 * of half a day of which one in a hundred was delivered; against a plain kafkajs consumer that reads the topic from
 * the beginning until it has found the event, and then knows of nothing but the event. Each in a process of its own;
 * of the rounds the median counts. Ratios hold on any machine, seconds do not.
 *
 *   --events 10000000 --rounds 3 --main src/main.ts
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { count, onGround, percentile, readOptions, seconds } from './support/bench.ts'
import {
  type ExplainTopics,
  idOfMessage,
  matchingAt,
  messageIdOf,
  placeOf,
  produceExplainTopics,
} from './support/explain-topics.ts'

const { numbers, main } = readOptions({ events: 10_000_000, rounds: 3 })
const { events, rounds } = numbers
const BARE = fileURLToPath(new URL('./support/explain-bare.ts', import.meta.url))
/** Where the event lies that is asked for. */
const SHARE = 0.5
const TOLD_EVERY = 1_000_000
const run = promisify(execFile)

await onGround(main, async ({ brokers, prefix }) => {
  process.stderr.write(`producing ${count(events)} events\n`)
  const topics = await produceExplainTopics({ brokers, prefix: prefix('explain'), events, progress: tell })
  const folder = await mkdtemp(join(tmpdir(), 'bellhop-bench-'))
  try {
    const file = join(folder, 'bellhop.yaml')
    await writeFile(file, JSON.stringify(topics.config))
    await measure(topics, file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

function tell(done: number): void {
  if (done % TOLD_EVERY === 0) process.stderr.write(`${count(done)} produced\n`)
}

async function measure(topics: ExplainTopics, file: string): Promise<void> {
  const matching = matchingAt(events, SHARE)
  const silent = matching + 1
  const coordinates = (number: number): string => {
    const { partition, offset } = placeOf(number)
    return `${topics.events}:${partition}:${offset}`
  }
  const rows: [string, string, RegExp][] = [
    ['message id', idOfMessage(topics.events, matching), /^Delivered to w/m],
    ['coordinates, delivered', coordinates(matching), /^Delivered to w/m],
    ['coordinates, not matched', coordinates(silent), /^Nothing was sent/m],
    ['messageId', messageIdOf(matching), /^Delivered to w/m],
    ['messageId that is not there', 'nobody-has-this-one', /^No event since/m],
  ]
  const bareMs = await medianOf((round) => readBare(topics, { messageId: messageIdOf(matching), round }))
  console.log(
    `plain consumer, to the event: ${seconds(bareMs)} (${count((events * SHARE) / (bareMs / 1_000))} events/s)`,
  )
  for (const [name, id, expected] of rows) {
    const tookMs = await medianOf(() => explain(file, id, expected))
    console.log(
      `${name.padEnd(30)}${seconds(tookMs).padStart(9)}  ${(bareMs / tookMs).toFixed(1)} times as fast`,
    )
  }
}

async function medianOf(once: (round: number) => Promise<number>): Promise<number> {
  const tookMs: number[] = []
  for (let round = 0; round < rounds; round += 1) tookMs.push(await once(round))
  return percentile(tookMs, 0.5)
}

async function explain(file: string, id: string, expected: RegExp): Promise<number> {
  const args = ['--disable-warning=TimeoutNegativeWarning', main, 'explain', id, '-c', file]
  const startedMs = performance.now()
  // What is not there is told with another exit code.
  const { stdout } = await run(process.execPath, args).catch((error: { stdout: string }) => error)
  const tookMs = performance.now() - startedMs
  if (!expected.test(stdout)) throw new Error(`explain ${id} said:\n${stdout}`)
  return tookMs
}

async function readBare(
  { work, events: topic }: ExplainTopics,
  { messageId, round }: { messageId: string; round: number },
): Promise<number> {
  const groupId = `${work.prefix}.bare-${round}`
  const settings = JSON.stringify({ brokers: work.brokers, topic, groupId, messageId })
  const startedMs = performance.now()
  const { stdout } = await run(process.execPath, ['--disable-warning=TimeoutNegativeWarning', BARE, settings])
  if (!stdout.startsWith(topic)) throw new Error(`the plain consumer said:\n${stdout}`)
  return performance.now() - startedMs
}
