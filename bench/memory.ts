/**
 * `npm run bench:memory`: the memory of one process with many lanes and many messages queued. Lanes post at a slow
 * pace, and what they posted is replaced, so that as much stays queued for as long as it runs. Prints the memory each
 * 10 s, its peak and its slope, beside that of the same process with one webhook and nothing to do.
 *
 *   --webhooks 10000 --messages 10 (of each) --minutes 2 --main src/main.ts
 */
import { setTimeout as delay } from 'node:timers/promises'
import { startBellhop } from './support/bellhop-process.ts'
import { count, type Ground, onGround, readOptions } from './support/bench.ts'
import { startReceiver } from './support/receiver.ts'
import type { Usage } from './support/usage.ts'
import { configOf, produceWork, type Work } from './support/work.ts'

const { numbers, main } = readOptions({ webhooks: 10_000, messages: 10, minutes: 2 })
const { webhooks, messages, minutes } = numbers
/** So slow that a queue stays one, and fast enough that every lane works. */
const RATE = '1/m'
const SAMPLE_MS = 10_000
const IDLE_MS = 5_000

interface Sample extends Usage {
  atMs: number
}

await onGround(main, async (ground) => {
  const idle = await measureIdle(ground)
  console.log(`\none webhook, nothing queued: ${idle.rssMb} MB`)
  console.log(`${count(webhooks)} webhooks, ${count(webhooks * messages)} messages queued, at ${RATE} each:`)
  const samples = await measureFull(ground)
  const peakMb = Math.max(...samples.map((sample) => sample.peakMb))
  const last = samples.at(-1)
  // The first third is for filling up: a heap grows to what it needs.
  const settled = samples.slice(Math.floor(samples.length / 3))
  console.log(
    `\npeak ${peakMb} MB, slope ${slopeMbPerMinute(settled).toFixed(2)} MB a minute after the first third`,
  )
  console.log(`${((last?.rssMb ?? 0) / idle.rssMb).toFixed(1)} times the idle process`)
})

async function measureIdle({ brokers, prefix }: Ground): Promise<Usage> {
  const work: Work = { brokers, prefix: prefix('idle'), webhooks: 1, origins: ['http://127.0.0.1:9'] }
  const bellhop = await startBellhop({ main, config: configOf(work, { slack: {} }), stages: 'dispatch' })
  try {
    await delay(IDLE_MS)
    return await bellhop.usage()
  } finally {
    await bellhop.stop()
  }
}

async function measureFull({ brokers, prefix }: Ground): Promise<Sample[]> {
  const receiver = await startReceiver({ kind: 'fast' })
  const work: Work = { brokers, prefix: prefix('full'), webhooks, origins: [receiver.origin] }
  const config = configOf(work, { slack: { rate: RATE, coalesce: 'off' } })
  const bellhop = await startBellhop({ main, config, stages: 'dispatch' })
  try {
    // One more of each: the first leaves at once.
    await produceWork(work, { from: 0, to: messages + 1 })
    let produced = messages + 1
    const startMs = performance.now()
    const samples: Sample[] = []
    while (performance.now() - startMs < minutes * 60_000) {
      await delay(SAMPLE_MS)
      const { messages: delivered } = await receiver.report()
      const behind = Math.floor(delivered / webhooks) + messages - produced
      if (behind > 0) await produceWork(work, { from: produced, to: produced + behind })
      produced += Math.max(0, behind)
      const usage = await bellhop.usage()
      samples.push({ ...usage, atMs: performance.now() - startMs })
      print(samples, { delivered, queued: produced * webhooks - delivered })
    }
    return samples
  } finally {
    await bellhop.stop()
    await receiver.close()
  }
}

function print(
  samples: readonly Sample[],
  { delivered, queued }: { delivered: number; queued: number },
): void {
  const sample = samples.at(-1)
  if (sample === undefined) return
  const figures = [
    `${Math.round(sample.atMs / 1_000)} s`.padStart(7),
    `${sample.rssMb} MB`.padStart(7),
    `${count(delivered)} delivered`,
    `${count(queued)} queued`,
    `${sample.cpuSeconds.toFixed(1)} s CPU`,
  ]
  console.log(figures.join(', '))
}

/** Least squares. */
function slopeMbPerMinute(samples: readonly Sample[]): number {
  const points = samples.map(({ atMs, rssMb }) => ({ x: atMs / 60_000, y: rssMb }))
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)]
  return mean(({ x, y }) => (x - meanX) * (y - meanY)) / mean(({ x }) => (x - meanX) ** 2)
}
