/**
 * `npm run bench:dispatch`: many webhooks at one message a second, one in a hundred hanging, one in a hundred gone.
 * Prints how long it takes until every message of the healthy ones has arrived (ideal: as many seconds as messages),
 * what was refused, out of order or lost, and the same for a naive consumer loop on the same records.
 *
 *   --webhooks 200 --messages 10 --hanging 2 --gone 2 --naive-limit 60 --main src/main.ts
 */
import type { DispatchRecord } from '../src/core/records.ts'
import { topicNames } from '../src/core/topic-names.ts'
import { onGround, readOptions, seconds } from './support/bench.ts'
import {
  type DispatchRun,
  healthyMessages,
  type Runner,
  runDispatch,
  startDispatching,
} from './support/dispatch-run.ts'
import { startNaiveLoop } from './support/naive-loop.ts'
import { createDispatchTopic, urlOf, type Work } from './support/work.ts'

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
const load = { webhooks, messages, hanging, gone }
const wanted = healthyMessages(load)
const LIMIT_MS = 120_000

await onGround(main, async (ground) => {
  console.log(
    `${webhooks} webhooks with ${messages} messages each at 1/s, ${hanging} hanging, ${gone} gone\n`,
  )
  const bellhop = await runDispatch(ground, load, {
    name: 'bellhop',
    limitMs: LIMIT_MS,
    start: (work) => startDispatching(ground.main, work),
  })
  print('bellhop', bellhop)
  const naive = await runDispatch(ground, load, {
    name: 'naive',
    limitMs: numbers['naive-limit'] * 1_000,
    start: startNaive,
  })
  print('naive', naive)
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

async function startNaive(work: Work): Promise<Runner> {
  await createDispatchTopic(work)
  const loop = await startNaiveLoop(work, topicNames(work.prefix).dispatch, (value) => {
    const { destination, message }: DispatchRecord = JSON.parse(value.toString())
    return { url: urlOf(work, Number(destination.slice(1))), text: message.text }
  })
  return { usage: async () => null, stop: loop.stop }
}

function print(name: string, { elapsedMs, observedMs, tally, usage }: DispatchRun): void {
  const figures = [
    seconds(elapsedMs).padStart(9),
    `${tally.messages} delivered`,
    `${wanted - tally.messages} missing`,
    `${tally.rateLimited} × 429`,
    `${tally.outOfOrder} out of order`,
    `${tally.repeated} repeated`,
    usage === null ? 'in the process of the bench' : describeUsage(usage, observedMs),
  ]
  console.log(`${name.padEnd(8)}${figures.join(', ')}`)
}

function describeUsage({ cpuSeconds, peakMb }: { cpuSeconds: number; peakMb: number }, ms: number): string {
  const cores = (cpuSeconds * 1_000) / ms
  return `${cpuSeconds.toFixed(1)} s CPU (${cores.toFixed(2)} of a core), peak ${peakMb} MB`
}
