/** The demo's traffic and faults, from the first event to the judgement. */
import { seededRandom } from '../core/random.ts'
import { createEventProducer } from '../kafka/event-producer.ts'
import { followTopic } from '../kafka/topic-tail.ts'
import { sleep, systemClock } from '../system.ts'
import type { ChatServer } from './chat-server.ts'
import type { DemoOptions, Stage } from './demo.ts'
import { DEMO_CHANNELS, demoEventsTopic } from './demo-config.ts'
import { createDownLetters, type DownLetters } from './faults/down-letters.ts'
import { createDeliveries, createExcuse, type Deliveries, type Evidence } from './faults/excuses.ts'
import { planFaults } from './faults/plan.ts'
import { type Faults, playFaults } from './faults/play.ts'
import type { Outcome } from './report.ts'
import { createScenario } from './scenario.ts'
import type { SlackSimulator } from './simulator/server.ts'
import { createTally, type Tally } from './tally.ts'
import { type Pacing, produceTraffic, type Traffic, untilDrained } from './traffic.ts'

/** What has come of the traffic so far, as far as topics and the simulator tell. */
interface Books {
  tally: Tally
  letters: DownLetters
  deliveries: Deliveries
}

export async function playTraffic(
  options: DemoOptions,
  stage: Stage,
  closers: (() => Promise<void>)[],
): Promise<Outcome> {
  const books: Books = {
    tally: createTally(),
    letters: createDownLetters(systemClock.monotonicMs),
    deliveries: createDeliveries(),
  }
  showPosts(stage.simulator, stage.page, books.tally)
  await keepBooks(books, stage, closers)
  const producer = await createEventProducer(stage.kafka, demoEventsTopic(stage.config.kafka.prefix))
  closers.push(() => producer.close())
  const over = new AbortController()
  const { fleet } = stage
  fleet.died.catch(() => over.abort())
  closers.push(async () => over.abort())
  const played = play(options, { ...stage, ...books, producer, over })
  // Where a process has died, nobody waits for it.
  played.catch(() => undefined)
  return Promise.race([played, fleet.died])
}

async function keepBooks(
  { tally, letters, deliveries }: Books,
  { kafka, topics, config, wire }: Stage,
  closers: (() => Promise<void>)[],
): Promise<void> {
  const groupId = `${config.kafka.prefix}.demo`
  const follow = async (topic: string, name: string, onValue: (value: Buffer) => void): Promise<void> => {
    const tail = await followTopic(kafka, { topic, groupId: `${groupId}.${name}` }, onValue)
    closers.push(() => tail.close())
  }
  await follow(topics.deadLetters, 'dead-letters', (value) => {
    const letter = wire.deadLetter(value)
    if (letter === null || !letters.take(letter)) tally.deadLettered(letter?.cause ?? 'unreadable')
  })
  await follow(topics.receipts, 'receipts', (value) => {
    const receipt = wire.receipt(value)
    if (receipt?.outcome !== 'delivered') return
    deliveries.note({
      messageId: receipt.messageId ?? '',
      destination: receipt.destination,
      dispatchPartition: receipt.dispatch_partition,
      recordedAtMs: receipt.recorded_at,
    })
  })
}

interface Playing extends Stage, Books {
  producer: Traffic['producer']
  /** Aborted when all is over, or given up. */
  over: AbortController
}

async function play(options: DemoOptions, playing: Playing): Promise<Outcome> {
  const { simulator, tally, wire, producer, over, deliveries, fleet } = playing
  const signal = AbortSignal.any([options.signal, over.signal])
  const state = { isOver: false }
  const faults = options.faults ? beginFaults(options, playing, { state, signal }) : null
  const watched: Traffic = {
    ...options,
    watch: watchOf(options, playing.page, faults),
    scenario: createScenario({
      random: seededRandom(options.seed),
      startMs: Date.now(),
      rate: options.rate,
      poison: wire.events.poison,
    }),
    encoding: wire.events,
    producer,
    tally,
    rateLimited: () => simulator.count429,
    faultsSettled: () => faults?.settled ?? true,
    signal,
  }
  const trafficMs = await produceTraffic(watched)
  state.isOver = true
  const drainMs = await untilDrained(watched)
  over.abort()
  await faults?.ended
  await untilRecorded({ tally, deliveries }, options.signal)
  const evidence = { kill: faults?.kill ?? null, lapses: fleet.ownership.lapses, deliveries }
  const summary = tally.summary(createExcuse({ ...evidence, answeredAtMs: answersOf(simulator) }))
  const stories = faults?.stories() ?? null
  return {
    ok: summary.ok && (stories ?? []).every(({ failure }) => failure === null),
    summary,
    stories,
    rateLimited: simulator.count429,
    trafficMs,
    drainMs,
    figures: wire.figures(),
  }
}

function beginFaults(
  { forMs, say }: DemoOptions,
  { simulator, fleet, letters, tally, over }: Playing,
  { state, signal }: { state: { isOver: boolean }; signal: AbortSignal },
): Faults {
  const startMs = systemClock.monotonicMs()
  const elapsedMs = (): number => systemClock.monotonicMs() - startMs
  const plan = planFaults(forMs)
  for (const line of plan.leftOut) say(line)
  const faults = playFaults(
    {
      simulator,
      fleet,
      letters,
      elapsedMs,
      trafficIsOver: () => state.isOver,
      nothingComes: () => state.isOver && tally.pending() === 0,
      say: (text) => say(`${Math.floor(elapsedMs() / 1_000)} s: ${text}`),
      signal,
    },
    plan,
  )
  faults.ended.catch(() => over.abort())
  return faults
}

function watchOf(options: DemoOptions, page: ChatServer, faults: Faults | null): Pacing['watch'] {
  return (progress) => {
    const { events, rateLimited } = progress
    page.stats({ events, rateLimited, notice: faults?.notice ?? null })
    options.watch(progress)
  }
}

const RECORDED_WITHIN_MS = 5_000
const LOOK_EVERY_MS = 100

/** Receipts are read a moment after they were written; those of what came twice say why. */
async function untilRecorded(
  { tally, deliveries }: Pick<Books, 'tally' | 'deliveries'>,
  signal: AbortSignal,
): Promise<void> {
  const isOpen = (): boolean =>
    tally
      .repeats()
      .some(({ destination, messageIds }) =>
        messageIds.some((id) => deliveries.of(destination, id).length === 0),
      )
  for (
    let waitedMs = 0;
    waitedMs < RECORDED_WITHIN_MS && isOpen() && !signal.aborted;
    waitedMs += LOOK_EVERY_MS
  ) {
    await sleep(LOOK_EVERY_MS, signal)
  }
}

/** When a post was answered, by its destination and arrival; null where it was not. Milliseconds since the epoch. */
function answersOf(simulator: SlackSimulator): Evidence['answeredAtMs'] {
  return (destination, arrivedAtMs) => {
    const target = DEMO_CHANNELS.find((channel) => channel.destination === destination)?.target
    const post = simulator.posts(target).find(({ arrivedAt }) => arrivedAt === arrivedAtMs)
    const ending = post === undefined ? null : simulator.ending(post.seq)
    if (post === undefined || ending?.how !== 'answered') return null
    return arrivedAtMs + ending.atMs - post.arrivedMs
  }
}

/** Every post that the simulator accepts is counted, and shown on the page. */
function showPosts(simulator: SlackSimulator, page: ChatServer, tally: Tally): void {
  const channels = new Map(DEMO_CHANNELS.map((channel) => [channel.target, channel]))
  simulator.onPost(({ target, payload, arrivedAt }) => {
    const channel = channels.get(target)
    const text = payload?.text ?? ''
    tally.arrived({ destination: channel?.destination ?? target, text, atMs: arrivedAt })
    page.publish({
      channel: channel?.name ?? target,
      username: payload?.username ?? null,
      iconUrl: payload?.icon_url ?? null,
      iconEmoji: payload?.icon_emoji ?? null,
      text,
      at: arrivedAt,
    })
  })
}
