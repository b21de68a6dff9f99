import type { DispatchRecord, Receipt } from '../../../../src/core/records.ts'
import { toRawEvent } from '../../../../src/event/raw-event.ts'
import { markKey } from '../../../../src/kafka/dead-letter-log.ts'
import type { RecordCodecs } from '../../../../src/kafka/record-codec.ts'
import { type OutgoingRecord, openTransactionalWriter } from '../../../../src/kafka/transactional-writer.ts'
import { createExplainer, type Explainer } from '../../../../src/observe/explain/create-explainer.ts'
import { createSecretMask } from '../../../../src/observe/mask-secrets.ts'
import { NO_SCHEMAS } from '../../../../src/registry/schema-store.ts'
import { createScene, type Scene } from '../../../support/bellhop-scene.ts'
import { testAction, testConfig, testWebhook } from '../../../support/config.ts'
import { eventually } from '../../../support/eventually.ts'
import { dispatchRecord, letterOf, markOf, receiptOf } from './sample-records.ts'

const LANE = 'https://hooks.slack.com/0cc175b9c0f1b6a831c399e269772661'
const NEW_LANE = 'https://hooks.slack.com/92eb5ffee6ae2fec3ad71c777531578f'
/** A while ago, so that retention leaves it. */
export const T0 = Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000
const NOW = T0 + 600_000

/** What became of the events, by offset: each was produced a second after the other. */
const SITUATIONS = [
  'delivered',
  'coalesced',
  'held',
  'replayed',
  'silenced',
  'moved',
  'poison',
  'unmatched',
  'dead',
  'waiting',
  'unread',
  'twice',
  'twice',
] as const

export const offsetOf = (name: (typeof SITUATIONS)[number]): number => SITUATIONS.indexOf(name)
export const producedAt = (offset: number): number => T0 + offset * 1_000

/** Topics as `run` would have left them, and what explains them. */
export interface Told {
  scene: Scene
  explainer: Explainer
  /** Another one on the same topics. */
  openExplainer(): Explainer
  events: string
}

export async function tell(codecs: RecordCodecs): Promise<Told> {
  const scene = await createScene('explain')
  const events = await scene.createTopic('events', { partitions: 2 })
  for (const topic of ['dispatch', 'receipts', 'dead-letters'])
    await scene.createTopic(topic, { partitions: 2 })
  await scene.createTopic('controls')
  await produceEvents(scene, events)
  const writer = await openTransactionalWriter(scene.kafka, `${scene.prefix}-story`)
  const { matchGroup, dispatchGroup, dispatch } = scene.topics
  // A broker that never had a group takes no offsets of one until it has been asked for some.
  await eventually('groups have a coordinator', () => scene.committed(matchGroup, events))
  await writer.commit(recordsOf(scene, events, codecs), [
    { groupId: matchGroup, topic: events, partition: 1, nextOffset: offsetOf('unread') },
    { groupId: dispatchGroup, topic: dispatch, partition: 1, nextOffset: 7 },
  ])
  await writer.discard()
  const config = testConfig({
    destinations: new Map([['sales', testWebhook('sales')]]),
    actions: [
      testAction({ id: 'to-sales', trigger: 'type = "track" and properties.total > 100' }),
      testAction({ id: 'page', trigger: 'type = "page"' }),
    ],
  })
  const topic = { topic: events, format: 'json', map: null, start: { at: 'latest' } } as const
  const openExplainer = () =>
    createExplainer({
      config: () => ({ ...config, kafka: { ...config.kafka, events: [topic] } }),
      kafka: scene.kafka,
      topics: scene.topics,
      codecs,
      schemas: NO_SCHEMAS,
      mask: createSecretMask([]),
      clock: { nowMs: () => NOW, monotonicMs: () => 0 },
      configPath: null,
    })
  return { scene, explainer: openExplainer(), openExplainer, events }
}

function produceEvents(scene: Scene, events: string): Promise<void> {
  const values = SITUATIONS.map((name) => {
    const total = name === 'unmatched' ? 42 : 500
    const value = { type: 'track', event: name, messageId: `m-${name}`, properties: { total } }
    return name === 'poison' ? '{"type":"track","event":"poison' : value
  })
  return scene.produce(
    values.map((value, offset) => ({ partition: 1, timestamp: producedAt(offset), value })),
    events,
  )
}

/** What `run` would have written, had it lived through all of this. */
function recordsOf({ topics }: Scene, events: string, codecs: RecordCodecs): OutgoingRecord[] {
  const of = (name: (typeof SITUATIONS)[number]): DispatchRecord => {
    const offset = offsetOf(name)
    return dispatchRecord({ topic: events, partition: 1, offset, producedAt: producedAt(offset) })
  }
  const names = [
    'delivered',
    'coalesced',
    'held',
    'replayed',
    'silenced',
    'moved',
    'dead',
    'waiting',
  ] as const
  const moved = { ...of('moved'), moves: 1, moved_at: T0 + 9_000 }
  const dispatched: [DispatchRecord, string, number][] = [
    ...names.map((name): [DispatchRecord, string, number] => [of(name), LANE, of(name).event.timestamp + 40]),
    [moved, NEW_LANE, moved.event.timestamp + 40],
    [of('replayed'), LANE, T0 + 60_000],
  ]
  const receipt = (record: DispatchRecord, offset: number, change: Partial<Receipt> = {}): Receipt =>
    receiptOf(record, { dispatch_partition: 1, dispatch_offset: offset, lane: LANE, ...change })
  const tooFast = { status: 429, body: '', ts: null, channel: null }
  const unposted = { answer: null, attempts: 0, post_messages: null }
  const receipts = [
    receipt(of('delivered'), 0),
    receipt(of('delivered'), 0, { recorded_at: T0 + 30_000 }),
    receipt(of('coalesced'), 1, { post_messages: 3 }),
    receipt(of('held'), 2, {
      outcome: null,
      answer: tooFast,
      recorded_at: T0 + 2_500,
      held_until: T0 + 32_500,
    }),
    receipt(of('held'), 2, { attempts: 2, recorded_at: T0 + 33_000 }),
    receipt(of('replayed'), 3, { outcome: 'dead_lettered', cause: 'rejected', recorded_at: T0 + 34_000 }),
    receipt(of('silenced'), 4, { outcome: 'silenced', detail: 'load test', ...unposted }),
    receipt(moved, 5, { outcome: 'moved', ...unposted, recorded_at: T0 + 9_000 }),
    receipt(of('dead'), 6, { outcome: 'dead_lettered', cause: 'destination_down', recorded_at: T0 + 35_000 }),
    receipt(moved, 8, { lane: NEW_LANE, recorded_at: T0 + 36_000 }),
    receipt(of('replayed'), 9, { recorded_at: T0 + 61_000 }),
  ]
  return [
    { topic: topics.dispatch, partition: 0, key: `start/${topics.matchGroup}`, value: null, timestamp: T0 },
    ...dispatched.map(([record, key, timestamp]) => {
      return { topic: topics.dispatch, partition: 1, key, value: codecs.dispatch.encode(record), timestamp }
    }),
    ...receipts.map((one) => {
      const [value, timestamp] = [codecs.receipt.encode(one), one.recorded_at]
      return { topic: topics.receipts, partition: 1, key: one.id, value, timestamp }
    }),
    ...lettersOf({ replayed: of('replayed'), dead: of('dead') }).map(([letter, key]) => {
      const [value, timestamp] = [codecs.deadLetter.encode(letter), letter.recorded_at]
      return { topic: topics.deadLetters, partition: 0, key, value, timestamp }
    }),
    {
      topic: topics.controls,
      key: 'pause/sales',
      value: codecs.control.encode({
        kind: 'pause',
        destination: 'sales',
        why: 'looking at it',
        by: 'ada@laptop',
        since: T0,
        until: null,
      }),
      timestamp: T0,
    },
  ]
}

function lettersOf({ replayed, dead }: Record<'replayed' | 'dead', DispatchRecord>) {
  const offset = offsetOf('poison')
  const { topic, partition } = dead.event
  const event = { topic, partition, offset, timestamp: producedAt(offset), key: null, headers: [] }
  const poison = letterOf(dead, {
    kind: 'event',
    cause: 'not_json',
    message: null,
    action: null,
    destination: null,
    event: toRawEvent({ ...event, value: Buffer.from('{"type":"track","event":"poison') }),
    recorded_at: producedAt(offset) + 40,
  })
  const gone = letterOf(replayed, { recorded_at: T0 + 34_000 })
  return [
    [poison, 'someone'],
    [gone, LANE],
    [letterOf(dead, { cause: 'destination_down', recorded_at: T0 + 35_000 }), LANE],
    [markOf(gone, 1, T0 + 60_000), markKey(1)],
  ] as const
}
