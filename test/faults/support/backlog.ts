/**
 * Backlogs that are written straight into one partition of bellhop.dispatch, as the match stage would, and what the
 * dispatch stage made of each of their messages.
 */
import { readFileSync } from 'node:fs'
import type { Producer } from 'kafkajs'
import { formatMessageId, webhookKey } from '../../../src/core/ids.ts'
import type { DispatchRecord, Receipt } from '../../../src/core/records.ts'
import { Partitioners } from '../../../src/kafka/kafkajs.ts'
import { createRecordCodecs } from '../../../src/kafka/record-codec.ts'
import { laneConfig, type Scene, webhookPath } from '../../support/bellhop-scene.ts'
import { readTopic } from '../../support/read-topic.ts'

export interface BacklogMessage {
  destination: string
  text: string
}

export interface QueuedBacklogMessage extends BacklogMessage {
  id: string
  /** Its dispatch offset. */
  offset: number
  /** When it was handed to the producer, by the wall clock. */
  queuedAtMs: number
}

const RECORDS_A_REQUEST = 2_000

/** Writes messages in order, all into partition 0. */
export class Backlog {
  /** All that was queued, by dispatch offset. */
  readonly queued: QueuedBacklogMessage[] = []
  readonly #scene: Scene
  readonly #blackholes: ReadonlySet<string>
  readonly #encode = createRecordCodecs().dispatch.encode
  #producer: Promise<Producer> | null = null

  constructor(scene: Scene, options: { blackholes?: readonly string[] } = {}) {
    this.#scene = scene
    this.#blackholes = new Set(options.blackholes)
  }

  async queue(messages: readonly BacklogMessage[]): Promise<void> {
    const { dispatch: topic } = this.#scene.topics
    this.#producer ??= this.#connect()
    const producer = await this.#producer
    for (let from = 0; from < messages.length; from += RECORDS_A_REQUEST) {
      const records = messages.slice(from, from + RECORDS_A_REQUEST).map((message) => this.#next(message))
      await producer.send({
        topic,
        acks: -1,
        messages: records.map((record) => ({
          partition: 0,
          key: this.#keyOf(record.destination),
          value: this.#encode(record),
        })),
      })
    }
  }

  async close(): Promise<void> {
    await (await this.#producer)?.disconnect()
  }

  async #connect(): Promise<Producer> {
    const producer = this.#scene.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
    await producer.connect()
    return producer
  }

  #keyOf(destination: string): string {
    if (this.#blackholes.has(destination)) return `blackhole/${destination}`
    return webhookKey(`${this.#scene.slack.origin}${webhookPath(destination)}`)
  }

  #next({ destination, text }: BacklogMessage): DispatchRecord {
    const offset = this.queued.length
    const action = `to-${destination}`
    const queuedAtMs = Date.now()
    const event = { topic: this.#scene.events, partition: 0, offset, timestamp: queuedAtMs }
    const id = formatMessageId({ ...event, action, destination })
    this.queued.push({ destination, text, id, offset, queuedAtMs })
    return {
      id,
      action,
      destination,
      message: { text, channel: null, username: null, icon_url: null, icon_emoji: null },
      event,
      userId: null,
      anonymousId: null,
      messageId: null,
      config_version: '000000000000',
      moves: 0,
      moved_at: null,
    }
  }
}

/** `DESTINATION 0` to `DESTINATION COUNT-1`, as they are queued and as they should arrive. */
export function numbered(destination: string, count: number, from = 0): BacklogMessage[] {
  return Array.from({ length: count }, (_, nth) => ({ destination, text: `${destination} ${from + nth}` }))
}

/** One of each in turn. */
export function interleaved(lists: readonly (readonly BacklogMessage[])[]): BacklogMessage[] {
  const longest = Math.max(...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, nth) => nth).flatMap((nth) =>
    lists.flatMap((list) => list.slice(nth, nth + 1)),
  )
}

/** One partition; otherwise as `laneConfig`. */
export function backlogConfig(
  scene: Scene,
  destinations: Record<string, Record<string, unknown>>,
  slack: Record<string, unknown> = {},
): string {
  return laneConfig(scene, { destinations, slack, kafka: { topics: { partitions: 1 } } })
}

/** Every receipt of the scene, in order; a backlog's are too many to hold each against the schema. */
export async function readReceipts(scene: Scene): Promise<Receipt[]> {
  const records = await readTopic(scene.kafka, scene.topics.receipts)
  return records.map(({ value }) => JSON.parse(String(value)))
}

/** How many receipts there are, waits included; without reading them. */
export async function countReceipts(scene: Scene): Promise<number> {
  const partitions = await scene.admin.fetchTopicOffsets(scene.topics.receipts)
  return partitions.reduce((sum, { high }) => sum + Number(high), 0)
}

/** How often each message came to its end, by id; 0 for those that have not. */
export function endsOf(
  queued: readonly QueuedBacklogMessage[],
  receipts: readonly Receipt[],
): Map<string, number> {
  const ends = new Map(queued.map(({ id }) => [id, 0]))
  for (const { id, outcome } of receipts) if (outcome !== null) ends.set(id, (ends.get(id) ?? 0) + 1)
  return ends
}

/** The next offset that the group would read. */
export async function committedOffset(scene: Scene): Promise<number> {
  const { dispatch, dispatchGroup } = scene.topics
  return (await scene.committed(dispatchGroup, dispatch)).get(0) ?? 0
}

/** The messages of a webhook in the order in which they arrived; a joint post's are its lines. */
export function linesOf(scene: Scene, destination: string): string[] {
  return scene.slack.posts(webhookPath(destination)).flatMap(({ payload }) => payload?.text.split('\n') ?? [])
}

/** Where a line is seen again after its first time: its first and its second arrival. */
export interface Repeat {
  destination: string
  text: string
  firstAtMs: number
  againAtMs: number
}

/** What arrived more than once, by the simulator's wall clock. */
export function repeatsOf(scene: Scene): Repeat[] {
  const first = new Map<string, number>()
  const repeats: Repeat[] = []
  for (const { target, payload, arrivedAt } of scene.slack.posts()) {
    for (const text of payload?.text.split('\n') ?? []) {
      const firstAtMs = first.get(text)
      if (firstAtMs === undefined) first.set(text, arrivedAt)
      else
        repeats.push({ destination: target.split('/').at(-1) ?? '', text, firstAtMs, againAtMs: arrivedAt })
    }
  }
  return repeats
}

/** From queue to first arrival, of the messages of some destinations that were queued since then and have arrived. */
export function latenciesOf(
  scene: Scene,
  backlog: Backlog,
  of: { destinations: readonly string[]; fromMs: number },
): number[] {
  const arrived = new Map<string, number>()
  for (const { payload, arrivedAt } of scene.slack.posts()) {
    for (const text of payload?.text.split('\n') ?? []) if (!arrived.has(text)) arrived.set(text, arrivedAt)
  }
  return backlog.queued
    .filter(({ destination, queuedAtMs }) => of.destinations.includes(destination) && queuedAtMs >= of.fromMs)
    .flatMap(({ text, queuedAtMs }) => {
      const arrivedAt = arrived.get(text)
      return arrivedAt === undefined ? [] : [arrivedAt - queuedAtMs]
    })
}

/** The value that this share of all does not exceed; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

export interface MemoryWatch {
  /** The most that it held so far. */
  peakMegabytes(): number
  stop(): void
}

/** What a process holds in memory, as Linux counts it (VmRSS). */
export function watchMemory(pid: number, everyMs = 100): MemoryWatch {
  let peak = 0
  const sample = (): void => {
    peak = Math.max(peak, Math.round((residentKilobytes(pid) ?? 0) / 1_024))
  }
  sample()
  const timer = setInterval(sample, everyMs)
  return {
    peakMegabytes: () => peak,
    stop: () => clearInterval(timer),
  }
}

function residentKilobytes(pid: number): number | null {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return found === null ? null : Number(found[1])
  } catch {
    return null
  }
}

/** One metric without labels. */
export function metricValue(metrics: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1])
}
