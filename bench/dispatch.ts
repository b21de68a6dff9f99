/**
 * `npm run bench:dispatch`: many webhooks at one message a second, some of them hanging, some gone. Prints how long
 * it takes until every message of the healthy ones has arrived (ideal: as many seconds as messages), what was
 * refused, out of order or lost, and the same for a naive consumer loop on the same records.
 *
 *   --webhooks 200 --messages 10 --hanging 2 --gone 2 --naive-limit 60
 */
import { parseArgs } from 'node:util'
import { createSlackSimulator } from '../src/demo/simulator/server.ts'
import { findKafka } from '../src/local/find-kafka.ts'
import { type Arrivals, watchArrivals } from './support/arrivals.ts'
import { runBellhop } from './support/bellhop-process.ts'
import { runNaiveLoop } from './support/naive-loop.ts'
import { produceWork, type Work } from './support/work.ts'

const { values } = parseArgs({
  options: {
    webhooks: { type: 'string', default: '200' },
    messages: { type: 'string', default: '10' },
    hanging: { type: 'string', default: '2' },
    gone: { type: 'string', default: '2' },
    'naive-limit': { type: 'string', default: '60' },
  },
})
const size = {
  webhooks: Number(values.webhooks),
  messages: Number(values.messages),
  hanging: Number(values.hanging),
  gone: Number(values.gone),
}
const naiveLimitMs = Number(values['naive-limit']) * 1_000
const LIMIT_MS = 120_000
const idealMs = size.messages * 1_000

const kafka = await findKafka({ progress: (line) => process.stderr.write(`${line}\n`) })
try {
  console.log(
    `${size.webhooks} webhooks with ${size.messages} messages each at 1/s, ${size.hanging} hanging, ${size.gone} gone\n`,
  )
  const bellhop = await measure('bellhop', runBellhop)
  const naive = await measure('naive', runNaiveLoop)
  const ratio = naive.healthyMs / bellhop.healthyMs
  console.log(
    `\nbellhop took ${(bellhop.healthyMs / idealMs).toFixed(2)} times the ideal ${idealMs / 1_000} s`,
  )
  console.log(
    `naive loop / bellhop: ${naive.complete ? '' : 'more than '}${ratio.toFixed(1)} times as long` +
      `${naive.complete ? '' : `, with ${naive.missing} of its messages still missing`}`,
  )
} finally {
  await kafka.stop()
}

interface Measured {
  healthyMs: number
  complete: boolean
  missing: number
}

async function measure(
  name: string,
  run: (work: Work) => Promise<{ stop(): Promise<string> }>,
): Promise<Measured> {
  const simulator = await createSlackSimulator()
  const work: Work = {
    ...size,
    name,
    brokers: kafka.brokers.split(','),
    prefix: `${kafka.prefix}-${name}`,
    simulator,
  }
  try {
    const runner = await run(work)
    const watch = watchArrivals(work)
    await produceWork(work)
    const arrivals = await watch.judge(name === 'naive' ? naiveLimitMs : LIMIT_MS)
    const usage = await runner.stop()
    print(name, arrivals, usage)
    return { healthyMs: arrivals.elapsedMs, complete: arrivals.missing === 0, missing: arrivals.missing }
  } finally {
    await simulator.close()
  }
}

function print(name: string, arrivals: Arrivals, usage: string): void {
  const { elapsedMs, delivered, missing, rateLimited, outOfOrder, repeated } = arrivals
  const figures = [
    `${(elapsedMs / 1_000).toFixed(2)} s`.padStart(9),
    `${delivered} delivered`,
    `${missing} missing`,
    `${rateLimited} × 429`,
    `${outOfOrder} out of order`,
    `${repeated} repeated`,
    usage,
  ]
  console.log(`${name.padEnd(8)}${figures.join(', ')}`)
}
