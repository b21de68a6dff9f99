import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DeadLetter } from '../../src/core/records.ts'
import { messageDeadLetter } from '../../src/dispatch/fate.ts'
import { malformedDeadLetter } from '../../src/dispatch/malformed.ts'
import type { EventRecord } from '../../src/event/event.ts'
import { toRawEvent } from '../../src/event/raw-event.ts'
import { createDeadLetterRecord } from '../../src/kafka/dead-letters.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'
import type { OutgoingRecord } from '../../src/kafka/transactional-writer.ts'
import { createMatcher } from '../../src/match/match-event.ts'
import { testAction, testConfig } from '../support/config.ts'

/** Half of what a broker takes by default, and what one produce request of ours carries. */
const MOST_BYTES = 524_288

const codecs = createRecordCodecs()
const deadLetter = createDeadLetterRecord({ codec: codecs.deadLetter, topic: 'dead-letters' })
const match = createMatcher(
  testConfig({
    actions: [testAction({ id: 'any', trigger: 'userId != "never"', message: '{{ properties.text }}' })],
  }),
)

function sizeOf({ key, value }: Pick<OutgoingRecord, 'key' | 'value'>): number {
  return Buffer.byteLength(key ?? '') + Buffer.byteLength(value ?? '')
}

function eventLetter(event: DeadLetter['event']): DeadLetter {
  return {
    kind: 'event',
    cause: 'not_json',
    detail: 'd'.repeat(200),
    attempts: 0,
    answer: null,
    message: null,
    event,
    action: null,
    destination: null,
    replays: null,
    recorded_at: 1_700_000_000_000,
  }
}

/** A few characters, over and over: what is costly in JSON or UTF-8 among them. */
const costly = fc.constantFrom('\0', '"', '\\', '\n', '\u001b[m', '\u0000\u0000x', '€', '😀', '\ud800', 'a')
const longText = fc
  .tuple(fc.oneof(costly, fc.string({ unit: 'binary', minLength: 1, maxLength: 4 })), fc.nat(200_000))
  .map(([unit, length]) => unit.repeat(Math.ceil(length / unit.length)))
const longBytes = fc.oneof(
  longText.map((text) => Buffer.from(text)),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 4 }), fc.nat(200_000))
    .map(([unit, length]) => Buffer.alloc(length, unit)),
)
const header = fc.record({ name: longText, value: longBytes })
const eventRecord: fc.Arbitrary<EventRecord> = fc.record({
  topic: fc.constant('t'.repeat(249)),
  partition: fc.constant(2 ** 31 - 1),
  offset: fc.constant(2 ** 52),
  timestamp: fc.constant(1_700_000_000_000),
  key: fc.option(longBytes),
  value: fc.option(longBytes),
  headers: fc.oneof(
    fc.array(header, { maxLength: 4 }),
    header.map((one) => Array.from({ length: 40 }, () => one)),
  ),
})

describe('what goes into a topic is far below what a broker refuses', () => {
  it('as the dead letter of an event, whatever its bytes', () => {
    const property = fc.property(eventRecord, (record) => {
      expect(sizeOf(deadLetter(eventLetter(toRawEvent(record)), record.key))).toBeLessThan(MOST_BYTES)
    })
    fc.assert(property, { numRuns: 60 })
  })

  it('as the dead letter of a foreign record in the dispatch topic', () => {
    const property = fc.property(longBytes, longBytes, (key, value) => {
      const letter = malformedDeadLetter(
        { offset: '1', timestamp: '1', key, value },
        { topic: 'dispatch', partition: 0, detail: 'not JSON' },
        { nowMs: () => 0, monotonicMs: () => 0 },
      )
      expect(sizeOf(deadLetter(letter, key))).toBeLessThan(MOST_BYTES)
    })
    fc.assert(property, { numRuns: 60 })
  })

  it('as a dispatch record and as the dead letter of a message, whatever the ids and the text', () => {
    const id = fc.oneof(longText, fc.double(), fc.constant(null))
    const event = fc.record({
      userId: id,
      anonymousId: id,
      messageId: id,
      properties: fc.record({ text: longText }),
    })
    const property = fc.property(event, (fields) => {
      const value = Buffer.from(JSON.stringify(fields))
      if (value.length > 1_048_576) return
      const at = { topic: 'events', partition: 0, offset: 1, timestamp: 1, key: null, headers: [] }
      const { messages, failures } = match({ ...at, value })
      expect(messages.length + failures.length).toBe(1)
      for (const { key, record } of messages) {
        expect(sizeOf({ key, value: codecs.dispatch.encode(record) })).toBeLessThan(MOST_BYTES)
        const queued = {
          record,
          lane: key,
          dispatchPartition: 0,
          dispatchOffset: 0,
          queuedAt: 0,
          bytes: 0,
          attempts: 1,
          ambiguous: 0,
          postMessages: null,
          unit: null,
          ownedSinceMs: 0,
          owned: () => true,
        }
        const answer = { status: 400, body: '\0'.repeat(200), ts: null, channel: null }
        const fate = {
          outcome: 'dead_lettered',
          cause: 'rejected',
          detail: 'd'.repeat(80),
          answer,
          breaker: 'closed',
        } as const
        expect(sizeOf(deadLetter(messageDeadLetter(queued, fate, 0), key))).toBeLessThan(MOST_BYTES)
      }
    })
    fc.assert(property, { numRuns: 60 })
  })
})

describe('the key of a dead letter', () => {
  const letter = eventLetter(null)

  it.each([
    ['none', null],
    ['text', 'https://hooks.slack.com/0123'],
    ['bytes, up to 1 KiB', Buffer.alloc(1_024, 0xff)],
  ])('is the given one: %s', (_what, key) => {
    expect(deadLetter(letter, key).key).toBe(key)
  })

  it('is a digest where it is longer: the same for the same key', () => {
    const long = Buffer.alloc(1_025, 'k')
    const { key } = deadLetter(letter, long)
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(deadLetter(letter, long.toString()).key).toBe(key)
    expect(deadLetter(letter, Buffer.alloc(1_025, 'l')).key).not.toBe(key)
  })
})
