import type { Admin, KafkaMessage } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import type { QueuedMessage } from '../../src/dispatch/lane.ts'
import { DispatchOwners } from '../../src/kafka/dispatch-consumer.ts'
import type { HeldPartition } from '../../src/kafka/held-partition.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'
import { silentObserver } from '../support/recording-observer.ts'

const { dispatch: codec } = createRecordCodecs()

function message(offset: number, id = `events:0:${offset}:action:sales`): KafkaMessage {
  const value = codec.encode({
    id,
    action: 'action',
    destination: 'sales',
    message: { text: 'text', channel: null, username: null, icon_url: null, icon_emoji: null },
    event: { topic: 'events', partition: 0, offset, timestamp: 0 },
    userId: null,
    anonymousId: null,
    messageId: null,
    config_version: '0',
  })
  return {
    key: Buffer.from('key'),
    value: Buffer.from(value),
    timestamp: '0',
    attributes: 0,
    headers: {},
    offset: String(offset),
  }
}

/** Owners of a partition that holds offsets 0 to 9 and was committed up to 5, over lanes that only collect. */
function ownersBench() {
  const added: QueuedMessage[] = []
  const dead: string[] = []
  const admin = {
    fetchOffsets: async () => [
      { topic: 'dispatch', partitions: [{ partition: 0, offset: '5', metadata: null }] },
    ],
    fetchTopicOffsets: async () => [{ partition: 0, offset: '10', low: '0', high: '10' }],
  } as unknown as Admin
  const owners = new DispatchOwners({
    admin,
    groupId: 'group',
    topic: 'dispatch',
    codec,
    laneKey: () => 'lane',
    lanes: {
      add: (_, queued) => void added.push(queued),
      hasRoom: () => true,
      room: async () => undefined,
      dropUnowned: () => undefined,
    },
    writeMalformed: async ({ offset }) => void dead.push(offset),
    observer: silentObserver(),
    clock: { nowMs: () => 0, monotonicMs: () => 0 },
  })
  const held = { topic: 'dispatch', partition: 0, goOn: () => undefined } as HeldPartition
  const own = async (messages: readonly KafkaMessage[]) => {
    const owner = owners.own(held)
    expect(await owner.prepare(new AbortController().signal)).toBe(5)
    await owner.consume({ messages, lastOffset: 9 })
    return owner
  }
  return { owners, added, dead, own, offsets: () => added.map(({ dispatchOffset }) => dispatchOffset) }
}

describe('an owned dispatch partition', () => {
  it('may be committed up to the first message that is not complete', async () => {
    const { owners, added, own } = ownersBench()
    await own([message(5), message(6), message(7)])
    for (const queued of added.slice(1)) owners.complete(queued)
    expect(owners.committable()).toEqual([])
    owners.complete(added[0] as QueuedMessage)
    expect(owners.committable()).toEqual([{ topic: 'dispatch', partition: 0, offset: 10 }])
  })

  it('is not committed again where nothing has changed', async () => {
    const { owners, added, own } = ownersBench()
    await own([message(5)])
    owners.complete(added[0] as QueuedMessage)
    owners.committed(owners.committable())
    expect(owners.committable()).toEqual([])
  })

  it('posts nothing again that was complete when it was lost, though the committed offset lies below', async () => {
    const { owners, added, own, offsets } = ownersBench()
    const messages = [message(5), message(6), message(7)]
    const owner = await own(messages)
    owners.complete(added[2] as QueuedMessage)
    owner.lose()
    owners.complete(added[1] as QueuedMessage)
    added.length = 0
    await own(messages)
    expect(offsets()).toEqual([5])
    owners.complete(added[0] as QueuedMessage)
    expect(owners.committable()).toEqual([{ topic: 'dispatch', partition: 0, offset: 10 }])
  })

  it('takes another message at an offset that was complete for what it is: the topic was made anew', async () => {
    const { owners, added, own, offsets } = ownersBench()
    const owner = await own([message(5), message(6)])
    owners.complete(added[1] as QueuedMessage)
    owner.lose()
    added.length = 0
    await own([message(5), message(6, 'events:0:99:action:sales')])
    expect(offsets()).toEqual([5, 6])
  })

  it('dead-letters a record that is none of ours, and goes on', async () => {
    const { owners, dead, own, offsets, added } = ownersBench()
    await own([{ ...message(5), value: Buffer.from('{}') }, { ...message(6), value: null }, message(7)])
    expect(dead).toEqual(['5'])
    expect(offsets()).toEqual([7])
    owners.complete(added[0] as QueuedMessage)
    await Promise.resolve()
    expect(owners.committable()).toEqual([{ topic: 'dispatch', partition: 0, offset: 10 }])
  })

  it('dead-letters a record too large to be written back, and takes a timestamp in nanoseconds', async () => {
    const { dead, own, added } = ownersBench()
    const large = { ...message(5), value: Buffer.alloc(600_000, ' ') }
    await own([large, { ...message(6), timestamp: '9007199254740993000' }])
    expect(dead).toEqual(['5'])
    expect(added.map(({ queuedAt }) => queuedAt)).toEqual([8.64e15])
  })
})
