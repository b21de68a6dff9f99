/**
 * `npm run bench:latency`: how long a single event takes through an idle system, all stages in one process: from the
 * call that produces it to its message's arrival at the receiver, and the same through a naive consumer loop. The
 * group has long joined; each event goes to a webhook of its own, so that no pace holds it.
 *
 *   --events 300 --every 200 (ms) --main src/main.ts
 */
import { setTimeout as delay } from 'node:timers/promises'
import { startBellhop } from './support/bellhop-process.ts'
import { type Ground, onGround, percentile, readOptions } from './support/bench.ts'
import { startNaiveLoop } from './support/naive-loop.ts'
import { startReceiver } from './support/receiver.ts'
import { machineNowMs, numberOf } from './support/tally.ts'
import { benchProducer, configOf, createTopic, urlOf, type Work } from './support/work.ts'

const { numbers, main } = readOptions({ events: 300, every: 200 })
const { events: wanted, every: everyMs } = numbers
/** The first posts of a process load code and open sockets: as many events go ahead, unmeasured. */
const WARM_UP = 20
const SETTLE_MS = 3_000
const LAST_MS = 5_000

await onGround(main, async (ground) => {
  console.log(`${wanted} events, one each ${everyMs} ms, from before it is produced to arrival\n`)
  const bellhop = await measure(ground, 'bellhop', startMeasured)
  const naive = await measure(ground, 'naive', startNaive)
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const ratio = percentile(bellhop, share) / percentile(naive, share)
    console.log(`${name === 'p50' ? '\n' : ''}${name}: bellhop / naive loop ${ratio.toFixed(2)}`)
  }
})

type Start = (work: Work, events: string) => Promise<{ stop(): Promise<void> }>

async function measure({ brokers, prefix }: Ground, name: string, start: Start): Promise<number[]> {
  const arrivedMs = new Map<number, number>()
  const receiver = await startReceiver({ kind: 'fast', tellEach: true }, ({ text, atMs }) => {
    arrivedMs.set(numberOf(text), atMs)
  })
  const webhooks = wanted + WARM_UP
  const work: Work = { brokers, prefix: prefix(name), webhooks, origins: [receiver.origin] }
  const events = `${work.prefix}.events`
  await createTopic(work, events)
  const runner = await start(work, events)
  try {
    await delay(SETTLE_MS)
    const producedMs = await produceOneByOne(work, events)
    await delay(LAST_MS)
    const measured = [...producedMs].filter(([number]) => number >= WARM_UP)
    const latencies = measured.flatMap(([number, sentMs]) => {
      const atMs = arrivedMs.get(number)
      return atMs === undefined ? [] : [atMs - sentMs]
    })
    print(name, latencies)
    return latencies
  } finally {
    await runner.stop()
    await receiver.close()
  }
}

/** Gives when each event was handed to the producer. */
async function produceOneByOne(work: Work, topic: string): Promise<Map<number, number>> {
  const producer = benchProducer(work)
  await producer.connect()
  const sentMs = new Map<number, number>()
  for (let number = 0; number < work.webhooks; number += 1) {
    const event = {
      type: 'track',
      event: `to w${number}`,
      userId: `user-${number}`,
      messageId: `message-${number}`,
      properties: { number },
    }
    sentMs.set(number, machineNowMs())
    await producer.send({ topic, acks: -1, messages: [{ key: event.userId, value: JSON.stringify(event) }] })
    await delay(everyMs)
  }
  await producer.disconnect()
  return sentMs
}

async function startMeasured(work: Work): Promise<{ stop(): Promise<void> }> {
  const actions = Array.from({ length: work.webhooks }, (_, webhook) => ({
    id: `to-w${webhook}`,
    trigger: `type = "track" and event = "to w${webhook}"`,
    destination: `w${webhook}`,
    message: '{{ $.properties.number }}',
  }))
  return startBellhop({ main, config: configOf(work, { slack: {}, actions }) })
}

async function startNaive(work: Work, events: string): Promise<{ stop(): Promise<void> }> {
  return startNaiveLoop(work, events, (value) => {
    const { properties }: { properties: { number: number } } = JSON.parse(value.toString())
    return { url: urlOf(work, properties.number), text: String(properties.number) }
  })
}

function print(name: string, latencies: readonly number[]): void {
  const figures = [
    `p50 ${percentile(latencies, 0.5).toFixed(1)} ms`,
    `p99 ${percentile(latencies, 0.99).toFixed(1)} ms`,
    `max ${Math.max(...latencies).toFixed(1)} ms`,
    `${latencies.length} of ${wanted} arrived`,
  ]
  console.log(`${name.padEnd(8)}${figures.join(', ')}`)
}
