import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asOneUnit, groupLength, joinedContent, splitInHalves } from '../../src/dispatch/coalesce.ts'
import type { QueuedMessage } from '../../src/dispatch/lane.ts'
import { message, saying } from './support/lane-bench.ts'

const anyMay = (): boolean => true

function says(text: string, offset = 1): QueuedMessage {
  return saying(message('a', offset), text)
}

function looking(look: Partial<QueuedMessage['record']['message']>, offset = 2): QueuedMessage {
  const queued = message('a', offset)
  return { ...queued, record: { ...queued.record, message: { ...queued.record.message, ...look } } }
}

describe('what goes out as one post', () => {
  const a = message('a', 1)
  const coalesce = { maxMessages: 3, maxChars: 20 }
  it.each([
    ['messages that look alike', [a, message('a', 2)], 2],
    ['no more than max_messages', [1, 2, 3, 4].map((offset) => says('x', offset)), 3],
    ['as many as max_chars holds, newlines included', [says('x'.repeat(9)), says('y'.repeat(10)), a], 2],
    ['not one character more', [says('x'.repeat(9)), says('y'.repeat(11))], 1],
    ['a message that is itself too long, alone', [says('x'.repeat(21)), a], 1],
    ['nothing behind which a too long one follows', [a, says('x'.repeat(21)), a], 1],
    ['a message with an open code fence, alone', [says('```code'), a], 1],
    ['nothing from an open code fence on', [a, says('```code'), a], 1],
    ['a message whose code fences are closed, with others', [says('```code```'), a], 2],
    ['one with three fences, alone', [says('```a``` ```'), a], 1],
    ['not what goes to another destination', [a, message('b', 2)], 1],
    ['not what goes to another channel', [a, looking({ channel: '#other' })], 1],
    ['not what has another name', [a, looking({ username: 'other' })], 1],
    ['not what has another icon', [a, looking({ icon_url: 'https://example.com/i.png' })], 1],
    ['not what has another emoji', [a, looking({ icon_emoji: ':bell:' })], 1],
    ['not what belongs to another unit', [a, { ...message('a', 2), unit: 1 }], 1],
    ['not what may have been posted before, with what never was', [{ ...a, ambiguous: 1 }, a], 1],
    ['nothing of an empty lane', [], 0],
  ] satisfies [string, QueuedMessage[], number][])('%s', (_, queue, length) => {
    expect(groupLength(queue, coalesce, anyMay)).toBe(length)
  })

  it('is one message where coalescing is off', () => {
    expect(groupLength([a, message('a', 2)], null, anyMay)).toBe(1)
  })

  it('ends before a message that may not join', () => {
    const third = message('a', 3)
    expect(groupLength([a, message('a', 2), third], coalesce, (joining) => joining !== third)).toBe(2)
  })

  it('joins the texts by newlines and keeps the look', () => {
    const look = { channel: '#c', username: 'n', icon_url: null, icon_emoji: ':bell:' }
    const content = joinedContent([looking({ ...look, text: 'one' }), looking({ ...look, text: 'two' })])
    expect(content).toEqual({ ...look, text: 'one\ntwo' })
  })
})

const anyText = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('```', '```a```', 'x```y', '``````', 'long '.repeat(8)),
)
const anyMessage = fc
  .record({
    text: anyText,
    destination: fc.constantFrom('a', 'b'),
    channel: fc.constantFrom(null, '#c'),
    unit: fc.constantFrom(null, null, 1, 2),
    ambiguous: fc.constantFrom(0, 0, 0, 1),
    joins: fc.boolean(),
  })
  .map(({ text, destination, channel, unit, ambiguous, joins }) => {
    const queued = { ...message(destination, 0, () => joins), unit, ambiguous }
    return { ...queued, record: { ...queued.record, message: { ...queued.record.message, text, channel } } }
  })
const anyCoalesce = fc.option(
  fc.record({ maxMessages: fc.integer({ min: 1, max: 6 }), maxChars: fc.integer({ min: 1, max: 40 }) }),
  { nil: null },
)

function groupsOf(
  queue: readonly QueuedMessage[],
  coalesce: { maxMessages: number; maxChars: number } | null,
): QueuedMessage[][] {
  const groups: QueuedMessage[][] = []
  for (let rest = queue; rest.length > 0; ) {
    const length = groupLength(rest, coalesce, ({ owned }) => owned())
    groups.push(rest.slice(0, length))
    rest = rest.slice(length)
  }
  return groups
}

function fences({ record }: QueuedMessage): number {
  return record.message.text.split('```').length - 1
}

describe('any queue under any policy', () => {
  it('goes out whole and in order, within the limits, and in posts of one look', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 30 }), anyCoalesce, (queue, coalesce) => {
        const groups = groupsOf(queue, coalesce)
        expect(groups.flat()).toEqual(queue)
        for (const group of groups.filter(({ length }) => length > 1)) {
          expect(coalesce).not.toBeNull()
          expect(group.length).toBeLessThanOrEqual(coalesce?.maxMessages ?? 1)
          const text = group.map(({ record }) => record.message.text).join('\n')
          expect(text.length).toBeLessThanOrEqual(coalesce?.maxChars ?? 0)
          for (const each of group) expect(fences(each) % 2).toBe(0)
          for (const each of group.slice(1)) expect(each.owned()).toBe(true)
          const looks = group.map(({ record, unit, ambiguous }) =>
            JSON.stringify([record.destination, record.message.channel, unit, ambiguous]),
          )
          expect(new Set(looks).size).toBe(1)
        }
      }),
    )
  })

  it('takes into a post what fits: it ends where the next message may not follow', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 9 }), (count, maxMessages) => {
        const queue = Array.from({ length: count }, (_, offset) => says('x', offset))
        const groups = groupsOf(queue, { maxMessages, maxChars: 1_000 })
        expect(groups).toHaveLength(Math.ceil(count / maxMessages))
      }),
    )
  })
})

describe('a refused joint post', () => {
  it('ends with exactly the bad ones refused and the others delivered once, in order', () => {
    const messages = fc.array(fc.record({ isBad: fc.boolean(), isLong: fc.boolean() }), { maxLength: 50 })
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 20 }), (kinds, maxMessages) => {
        const bad = new Set<QueuedMessage>()
        const queue = kinds.map(({ isBad, isLong }, offset) => {
          const queued = says(`${isLong ? 'long '.repeat(9) : ''}${offset}`, offset)
          if (isBad) bad.add(queued)
          return queued
        })
        expect(deliver(queue, bad, maxMessages)).toEqual({
          delivered: queue.filter((queued) => !bad.has(queued)),
          refused: queue.filter((queued) => bad.has(queued)),
        })
      }),
    )
  })

  it('needs few posts: one bad message of 20 costs nine', () => {
    const queue = Array.from({ length: 20 }, (_, offset) => says(String(offset), offset))
    expect(countPosts(queue, new Set(queue.slice(7, 8)))).toBe(9)
  })

  it('shares none of its posts with what came after it', () => {
    const group = [says('1'), says('2'), says('3')]
    const units = freshUnits()
    splitInHalves(group, units)
    expect(group.map(({ unit }) => unit)).toEqual([1, 1, 2])
    asOneUnit(group, units)
    expect(group.map(({ unit }) => unit)).toEqual([3, 3, 3])
  })
})

function freshUnits(): () => number {
  let unit = 0
  return () => {
    unit += 1
    return unit
  }
}

/** A receiver that refuses every post with a bad message in it. */
function deliver(queue: readonly QueuedMessage[], bad: ReadonlySet<QueuedMessage>, maxMessages: number) {
  const delivered: QueuedMessage[] = []
  const refused: QueuedMessage[] = []
  const units = freshUnits()
  for (let rest = queue; rest.length > 0; ) {
    const group = rest.slice(0, groupLength(rest, { maxMessages, maxChars: 100 }, anyMay))
    const isRefused = group.some((each) => bad.has(each))
    if (isRefused && group.length > 1) {
      splitInHalves(group, units)
      continue
    }
    ;(isRefused ? refused : delivered).push(...group)
    rest = rest.slice(group.length)
  }
  return { delivered, refused }
}

function countPosts(queue: readonly QueuedMessage[], bad: ReadonlySet<QueuedMessage>): number {
  const units = freshUnits()
  let posts = 0
  for (let rest = queue; rest.length > 0; posts += 1) {
    const group = rest.slice(0, groupLength(rest, { maxMessages: 20, maxChars: 3_500 }, anyMay))
    if (group.length > 1 && group.some((each) => bad.has(each))) splitInHalves(group, units)
    else rest = rest.slice(group.length)
  }
  return posts
}
