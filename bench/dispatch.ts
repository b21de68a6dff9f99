/**
 * `npm run bench:dispatch`: many webhooks at one message a second, one in a hundred hanging, one in a hundred gone.
 * Prints how long it takes until every message of the healthy ones has arrived (ideal: as many seconds as messages),
 * what was refused, out of order or lost, and the same for a naive consumer loop on the same records.
 *
 *   --webhooks 200 --messages 10 --hanging 2 --gone 2 --naive-limit 60 --main src/main.ts
 */
import type { DispatchRecord } from '../src/core/records.ts'
import { topicNames } from '../src/core/topic-names.ts'
import { startBellhop } from './support/bellhop-process.ts'
import { type Ground, onGround, readOptions, seconds } from './support/bench.ts'
import { startNaiveLoop } from './support/naive-loop.ts'
import { startReceiver, untilReceived } from './support/receiver.ts'
import { machineNowMs, type Tally } from './support/tally.ts'
import { configOf, createDispatchTopic, pathOf, produceWork, urlOf, type Work } from './support/work.ts'

const { numbers, main } = readOptions({
  webhooks: 200,
  messages: 10,
  hanging: null,
  gone: null,
  'naive-limit': 60,
})
const { webhooks, messages } = numbers
const hanging = Number.isNaN(numbers.hanging) ? Math.round(webhooks / 100) : numbers.hanging
const gone = Number.isNaN(numbers.gone) ? Math.round(webhooks / 100) : numbers.gone
const wanted = (webhooks - hanging - gone) * messages
const LIMIT_MS = 120_000

await onGround(main, async (ground) => {
  console.log(
    `${webhooks} webhooks with ${messages} messages each at 1/s, ${hanging} hanging, ${gone} gone\n`,
  )
  const bellhop = await measure(ground, { name: 'bellhop', limitMs: LIMIT_MS, start: startMeasured })
  const naive = await measure(ground, {
    name: 'naive',
    limitMs: numbers['naive-limit'] * 1_000,
    start: startNaive,
  })
  const isNaiveDone = naive.tally.messages >= wanted
  console.log(
    `\nbellhop took ${(bellhop.elapsedMs / (messages * 1_000)).toFixed(2)} times the ideal ${messages} s`,
  )
  console.log(
    `naive loop / bellhop: ${isNaiveDone ? '' : 'more than '}` +
      `${(naive.elapsedMs / bellhop.elapsedMs).toFixed(1)} times as long` +
      `${isNaiveDone ? '' : `, with ${wanted - naive.tally.messages} of its messages still missing`}`,
  )
})

interface Runner {
  /** Says what it has used since the work began, which took `elapsedMs`. */
  usage(elapsedMs: number): Promise<string>
  stop(): Promise<void>
}

interface Measured {
  /** Until the last healthy message arrived, or patience ended. */
  elapsedMs: number
  tally: Tally
}

async function measure(
  { brokers, prefix }: Ground,
  { name, limitMs, start }: { name: string; limitMs: number; start: (work: Work) => Promise<Runner> },
): Promise<Measured> {
  const receiver = await startReceiver({ kind: 'strict', ratePerSecond: 1, faults: faults() })
  const work: Work = { brokers, prefix: prefix(name), webhooks, origins: [receiver.origin] }
  const runner = await start(work)
  try {
    const startMs = machineNowMs()
    await produceWork(work, { from: 0, to: messages })
    const tally = await untilReceived(receiver, (so) => so.messages >= wanted, limitMs)
    const isDone = tally.messages >= wanted
    const elapsedMs = (isDone ? tally.lastMs : machineNowMs()) - startMs
    print(name, { elapsedMs, tally }, await runner.usage(machineNowMs() - startMs))
    return { elapsedMs, tally }
  } finally {
    await runner.stop()
    await receiver.close()
  }
}

/** The first webhooks hang, the next ones are gone. */
function faults(): { path: string; fault: { kind: 'hang' | 'gone' } }[] {
  return Array.from({ length: hanging + gone }, (_, webhook) => ({
    path: pathOf(webhook),
    fault: { kind: webhook < hanging ? 'hang' : 'gone' },
  }))
}

async function startMeasured(work: Work): Promise<Runner> {
  const config = configOf(work, { slack: { coalesce: 'off', retry_for: '30s' } })
  const bellhop = await startBellhop({ main, config, stages: 'dispatch' })
  const before = await bellhop.usage()
  return {
    async usage(elapsedMs) {
      const { cpuSeconds, peakMb } = await bellhop.usage()
      const used = cpuSeconds - before.cpuSeconds
      const cores = (used * 1_000) / elapsedMs
      return `${used.toFixed(1)} s CPU (${cores.toFixed(2)} of a core), peak ${peakMb} MB`
    },
    stop: bellhop.stop,
  }
}

async function startNaive(work: Work): Promise<Runner> {
  await createDispatchTopic(work)
  const loop = await startNaiveLoop(work, topicNames(work.prefix).dispatch, (value) => {
    const { destination, message }: DispatchRecord = JSON.parse(value.toString())
    return { url: urlOf(work, Number(destination.slice(1))), text: message.text }
  })
  return { usage: async () => 'in the process of the bench', stop: loop.stop }
}

function print(name: string, { elapsedMs, tally }: Measured, usage: string): void {
  const figures = [
    seconds(elapsedMs).padStart(9),
    `${tally.messages} delivered`,
    `${wanted - tally.messages} missing`,
    `${tally.rateLimited} × 429`,
    `${tally.outOfOrder} out of order`,
    `${tally.repeated} repeated`,
    usage,
  ]
  console.log(`${name.padEnd(8)}${figures.join(', ')}`)
}
