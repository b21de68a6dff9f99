import { describe, expect, it } from 'vitest'
import { toRawEvent } from '../../../src/event/raw-event.ts'
import { createRecordCodecs } from '../../../src/kafka/record-codec.ts'
import {
  createLetterMention,
  createMention,
  createMessageIdMention,
  createStanding,
} from '../../../src/observe/explain/needles.ts'
import { dispatchRecord, letterOf, receiptOf } from './support/sample-records.ts'

const IDS = { dispatch: 1, receipt: 2, deadLetter: 3, control: 4, status: 5 }
const forms = [
  ['JSON', createRecordCodecs()],
  ['Avro', createRecordCodecs({ schemas: null, ids: IDS })],
] as const

const long = 't'.repeat(100)

describe.each(forms)('by the bytes of %s', (_form, codecs) => {
  const bytes = (...of: Parameters<typeof dispatchRecord>): Buffer =>
    Buffer.from(codecs.dispatch.encode(dispatchRecord(...of)))

  it.each([
    ['it is of the event', { offset: 42 }, 'candidate'],
    ['it is of a later event', { offset: 100 }, 'later'],
    ['it is of a later event whose digits sort before', { offset: 420 }, 'later'],
    ['it is of an earlier event', { offset: 9 }, 'other'],
    ['it is of another partition', { partition: 1, offset: 100 }, 'other'],
    ['it is of a topic whose name ends like this one', { topic: 'my.events', offset: 100 }, 'other'],
    [
      'it is of a topic whose name ends like this one, one letter longer',
      { topic: 'xevents', offset: 100 },
      'other',
    ],
    ['it is of a topic whose name begins like this one', { topic: 'events2', offset: 100 }, 'other'],
    ['its text forges a later event', { topic: 'other', text: '{"id":"events:0:999:a:b"' }, 'other'],
  ] as const)('a dispatch record stands to event 42 where %s', (_why, change, standing) => {
    expect(createStanding({ topic: 'events', partition: 0, offset: 42 })(bytes(change))).toBe(standing)
  })

  it.each([
    [42, 'candidate'],
    [43, 'later'],
    [41, 'other'],
  ] as const)('a long id, whose length takes two bytes in Avro, offset %d', (offset, standing) => {
    expect(createStanding({ topic: long, partition: 0, offset: 42 })(bytes({ topic: long, offset }))).toBe(
      standing,
    )
  })

  it.each([
    [0, 0],
    [11, 1_042],
    [200, 2 ** 40],
    [2 ** 31 - 1, 2 ** 52],
  ])('the letter of a poison event in partition %d, offset %d', (partition, offset) => {
    const place = { topic: 'events', partition, offset }
    const event = toRawEvent({ ...place, timestamp: 1, key: null, value: Buffer.from('{'), headers: [] })
    const letter = letterOf(dispatchRecord(), { kind: 'event', message: null, event })
    const value = Buffer.from(codecs.deadLetter.encode(letter))
    expect(createLetterMention(place)(value)).toBe(true)
    expect(createLetterMention({ ...place, offset: offset + 1 })(value)).toBe(false)
    expect(createLetterMention({ ...place, topic: 'event' })(value)).toBe(false)
  })

  it('the letter of a message is found by where its event lay', () => {
    const value = Buffer.from(codecs.deadLetter.encode(letterOf(dispatchRecord({ offset: 12 }))))
    expect(createLetterMention({ topic: 'events', partition: 0, offset: 12 })(value)).toBe(true)
    expect(createLetterMention({ topic: 'events', partition: 0, offset: 1 })(value)).toBe(false)
  })

  it.each([
    ['https://hooks.slack.com/0cc1'],
    ['https://slack.com/api/chat.postMessage/0cc1/#"größe"\\'],
  ])('a receipt tells of its lane %s', (lane) => {
    const at = { dispatch_partition: 0, dispatch_offset: 1, lane }
    const value = Buffer.from(codecs.receipt.encode(receiptOf(dispatchRecord(), at)))
    expect(createMention([lane])(value)).toBe(true)
    expect(createMention(['https://hooks.slack.com/ffff'])(value)).toBe(false)
  })
})

describe('records of somebody else', () => {
  it('are candidates where they hold an id of the event, wherever', () => {
    const standing = createStanding({ topic: 'events', partition: 0, offset: 42 })
    expect(standing(Buffer.from('{ "action": "a", "id": "events:0:42:a:b" }'))).toBe('candidate')
    expect(standing(Buffer.from('{ "action": "a", "id": "events:0:43:a:b" }'))).toBe('other')
    expect(standing(Buffer.alloc(0))).toBe('other')
    expect(standing(Buffer.from([0]))).toBe('other')
  })
})

describe('events with a messageId', () => {
  it.each([['6f1c-2a_X.9:@'], ['42']])('%s is looked for in the bytes', (id) => {
    const mentions = createMessageIdMention(id)
    expect(mentions?.(Buffer.from(`{"messageId":"${id}"}`))).toBe(true)
    expect(mentions?.(Buffer.from('{"messageId":"other"}'))).toBe(false)
  })

  it.each([[''], ['a b'], ['größe'], ['a/b'], ['"']])('%j can be written in many ways', (id) => {
    expect(createMessageIdMention(id)).toBeNull()
  })
})
