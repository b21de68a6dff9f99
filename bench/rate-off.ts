/**
 * `npm run bench:rate-off`: posts per second with `rate: off` and coalescing off, and nothing saved on durability:
 * every receipt acknowledged, every offset committed. The messages lie in the dispatch topic beforehand; time runs
 * from the first post to the last receipt in its topic. Beside it, to the same receiver: the naive consumer loop,
 * and a bare loop of undici requests without any Kafka, which is the ceiling.
 *
 *   --webhooks 200 --messages 500 (of each) --receivers 1 --naive-limit 20 --main src/main.ts
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DispatchRecord } from '../src/core/records.ts'
import { topicNames } from '../src/core/topic-names.ts'
import { startBellhop } from './support/bellhop-process.ts'
import { count, type Ground, onGround, readOptions, seconds } from './support/bench.ts'
import { startNaiveLoop } from './support/naive-loop.ts'
import { countDelivered, untilCommitted, untilOnRecord } from './support/receipts.ts'
import { type Receiver, startReceiver, untilReceived } from './support/receiver.ts'
import { machineNowMs, type Tally } from './support/tally.ts'
import { configOf, createDispatchTopic, produceWork, urlOf, type Work } from './support/work.ts'

const { numbers, main } = readOptions({ webhooks: 200, messages: 500, receivers: 1, 'naive-limit': 20 })
const { webhooks, messages } = numbers
const wanted = webhooks * messages
const LIMIT_MS = 300_000

await onGround(main, async (ground) => {
  console.log(`${count(wanted)} messages for ${webhooks} webhooks, rate off, coalescing off\n`)
  const bellhop = await withWork(ground, 'bellhop', measureBellhop)
  const naive = await withWork(ground, 'naive', measureNaive)
  const bare = await withWork(ground, 'bare', measureBare)
  console.log(`\nbellhop / naive loop: ${(bellhop / naive).toFixed(1)} times as many`)
  console.log(
    `bellhop / bare posts: ${(bellhop / bare).toFixed(2)} of what the HTTP client does without Kafka`,
  )
})

type Measure = (work: Work, receivers: readonly Receiver[]) => Promise<number>

/** Each measurement has receivers and topics of its own. */
async function withWork({ brokers, prefix }: Ground, name: string, measure: Measure): Promise<number> {
  const receivers = await Promise.all(
    Array.from({ length: numbers.receivers }, () => startReceiver({ kind: 'fast' })),
  )
  try {
    const origins = receivers.map(({ origin }) => origin)
    return await measure({ brokers, prefix: prefix(name), webhooks, origins }, receivers)
  } finally {
    await Promise.all(receivers.map((receiver) => receiver.close()))
  }
}

async function measureBellhop(work: Work, receivers: readonly Receiver[]): Promise<number> {
  await createDispatchTopic(work)
  await produceWork(work, { from: 0, to: messages })
  const config = configOf(work, { slack: { rate: 'off', coalesce: 'off' } })
  const bellhop = await startBellhop({ main, config, stages: 'dispatch' })
  try {
    const inTime = await untilOnRecord(work, wanted, LIMIT_MS)
    const endMs = machineNowMs()
    const { cpuSeconds, peakMb } = await bellhop.usage()
    const isCommitted = await untilCommitted(work, LIMIT_MS)
    const tallies = await Promise.all(receivers.map((receiver) => receiver.report()))
    const firstMs = Math.min(...tallies.map((tally) => tally.firstMs))
    const perSecond = (wanted / (endMs - firstMs)) * 1_000
    const outOfOrder = sum(tallies, (tally) => tally.outOfOrder)
    const repeated = sum(tallies, (tally) => tally.repeated)
    print('bellhop', perSecond, [
      `${seconds(endMs - firstMs)}${inTime ? '' : ' and not done'}`,
      `${count(await countDelivered(work))} on record as delivered`,
      isCommitted ? 'all committed' : 'NOT all committed',
      `${outOfOrder} out of order`,
      `${repeated} repeated`,
      `${cpuSeconds.toFixed(1)} s CPU since its start`,
      `peak ${peakMb} MB`,
    ])
    return perSecond
  } finally {
    await bellhop.stop()
  }
}

async function measureNaive(work: Work, [receiver]: readonly Receiver[]): Promise<number> {
  if (receiver === undefined) throw new Error('a receiver is needed')
  const alone: Work = { ...work, origins: [receiver.origin] }
  await createDispatchTopic(alone)
  await produceWork(alone, { from: 0, to: messages })
  const loop = await startNaiveLoop(alone, topicNames(work.prefix).dispatch, (value) => {
    const { destination, message }: DispatchRecord = JSON.parse(value.toString())
    return { url: urlOf(alone, Number(destination.slice(1))), text: message.text }
  })
  const isEnough = (tally: Tally): boolean => tally.messages >= wanted
  const tally = await untilReceived(receiver, isEnough, numbers['naive-limit'] * 1_000)
  await loop.stop()
  return printPosts('naive', [tally])
}

async function measureBare(work: Work, receivers: readonly Receiver[]): Promise<number> {
  const urls = Array.from({ length: webhooks }, (_, webhook) => urlOf(work, webhook))
  const file = fileURLToPath(new URL('support/bare-posts.ts', import.meta.url))
  const child = spawn(process.execPath, [file, JSON.stringify({ urls, messages })], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the bare loop ended with ${code}`)
  return printPosts('bare', await Promise.all(receivers.map((receiver) => receiver.report())))
}

function printPosts(name: string, tallies: readonly Tally[]): number {
  const elapsedMs =
    Math.max(...tallies.map((tally) => tally.lastMs)) - Math.min(...tallies.map((tally) => tally.firstMs))
  const posts = sum(tallies, (tally) => tally.posts)
  const perSecond = (posts / elapsedMs) * 1_000
  print(name, perSecond, [seconds(elapsedMs), `${count(posts)} posts, nothing on record`])
  return perSecond
}

function sum(tallies: readonly Tally[], figure: (tally: Tally) => number): number {
  return tallies.reduce((total, tally) => total + figure(tally), 0)
}

function print(name: string, perSecond: number, figures: readonly string[]): void {
  console.log(`${name.padEnd(8)}${`${count(perSecond)}/s`.padStart(9)}, ${figures.join(', ')}`)
}
