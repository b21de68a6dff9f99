/**
 * `npm run bench:burst`: many messages for one webhook at Slack's pace of one post a second, with coalescing and, for
 * a shorter while, without. Prints messages a second, how long all of them would take, and whether what arrives is in
 * order and readable: no post above 4,000 characters.
 *
 *   --messages 10000 --seconds 60 --full (until all have arrived) --main src/main.ts
 */
import { startBellhop } from './support/bellhop-process.ts'
import { count, type Ground, onGround, readOptions, seconds } from './support/bench.ts'
import { startReceiver, untilReceived } from './support/receiver.ts'
import { machineNowMs } from './support/tally.ts'
import { configOf, produceWork, type Work } from './support/work.ts'

const { numbers, flags, main } = readOptions({ messages: 10_000, seconds: 60 }, ['full'])
const CHARACTERS = 150
/** More is hard to read in a channel, and Slack cuts it. */
const READABLE = 4_000
const ONE_BY_ONE_MS = 15_000
const FULL_LIMIT_MS = 2 * numbers.messages * 1_000

await onGround(main, async (ground) => {
  console.log(`${count(numbers.messages)} messages of ${CHARACTERS} characters for one webhook at 1/s\n`)
  const limitMs = flags.full ? FULL_LIMIT_MS : numbers.seconds * 1_000
  const joined = await measure(ground, { name: 'coalesced', coalesce: 'on', limitMs })
  const single = await measure(ground, { name: 'single', coalesce: 'off', limitMs: ONE_BY_ONE_MS })
  console.log(
    `\ncoalesced / one post a message: ${(joined / single).toFixed(1)} times as many messages a second`,
  )
})

interface Run {
  name: string
  coalesce: 'on' | 'off'
  limitMs: number
}

/** Gives messages a second, at the pace of whole posts. */
async function measure({ brokers, prefix }: Ground, { name, coalesce, limitMs }: Run): Promise<number> {
  const receiver = await startReceiver({ kind: 'strict', ratePerSecond: 1 })
  const work: Work = { brokers, prefix: prefix(name), webhooks: 1, origins: [receiver.origin] }
  const config = configOf(work, { slack: { coalesce } })
  const bellhop = await startBellhop({ main, config, stages: 'dispatch' })
  try {
    const startMs = machineNowMs()
    const textOf = (number: number): string => `${number} `.padEnd(CHARACTERS, 'x')
    await produceWork(work, { from: 0, to: numbers.messages, textOf })
    const tally = await untilReceived(receiver, (so) => so.messages >= numbers.messages, limitMs)
    const isDone = tally.messages >= numbers.messages
    const elapsedMs = (isDone ? tally.lastMs : machineNowMs()) - startMs
    const perSecond = (tally.messages / elapsedMs) * 1_000
    const allMs = isDone ? elapsedMs : (numbers.messages / perSecond) * 1_000
    const { peakMb } = await bellhop.usage()
    const figures = [
      `${perSecond.toFixed(1)} messages a second`,
      `${count(tally.messages)} in ${count(tally.posts)} posts and ${seconds(elapsedMs)}`,
      `all in ${count(allMs / 1_000)} s${isDone ? '' : ' at that pace'}`,
      `${tally.rateLimited} × 429`,
      `${tally.outOfOrder} out of order`,
      `${tally.repeated} repeated`,
      `longest post ${count(tally.longestPost)} characters${tally.longestPost > READABLE ? ', TOO LONG' : ''}`,
      `peak ${peakMb} MB`,
    ]
    console.log(`${name.padEnd(10)}${figures.join(', ')}`)
    return perSecond
  } finally {
    await bellhop.stop()
    await receiver.close()
  }
}
