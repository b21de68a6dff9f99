import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { QueuedMessage } from '../../src/dispatch/lane.ts'
import { type Answering, laneBench, message, saying, webhook } from './support/lane-bench.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const coalesce = { maxMessages: 20, maxChars: 3_500 }
const sent = (): Answering => ({ outcome: 'sent' })

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, nth) => nth + 1)
}

function linesOf(posts: readonly { text: string }[]): string[] {
  return posts.flatMap(({ text }) => text.split('\n'))
}

describe('messages that wait in one lane', () => {
  it('go out as one post, in order, and each is delivered in its own right', async () => {
    const { lanes, posts, settled, heard } = laneBench([webhook('a', { coalesce })], sent)
    for (const offset of upTo(20)) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(100)
    expect(posts.map(({ text }) => text)).toEqual([
      upTo(20)
        .map((offset) => `a ${offset}`)
        .join('\n'),
    ])
    expect(
      settled.map(({ message: { dispatchOffset, attempts }, fate }) => [
        dispatchOffset,
        attempts,
        fate.outcome,
      ]),
    ).toEqual(upTo(20).map((offset) => [offset, 1, 'delivered']))
    expect(heard.eventsOf('postAnswered')).toMatchObject([
      { messageId: 'events:0:1:action:a', messages: 20, attempt: 1 },
    ])
    expect([...lanes.backlog()]).toEqual([])
  })

  it('do not wait for company: the first one goes at once', async () => {
    const { lanes, posts } = laneBench([webhook('a', { coalesce })], sent)
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(100)
    for (const offset of [2, 3]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 2\na 3'])
  })

  it('of a burst of 10,000 arrive in order within 500 posts', async () => {
    const { lanes, posts, fates } = laneBench([webhook('a', { coalesce })], sent)
    for (const offset of upTo(10_000)) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(520_000)
    expect(posts).toHaveLength(500)
    expect(linesOf(posts)).toEqual(upTo(10_000).map((offset) => `a ${offset}`))
    expect(fates).toHaveLength(10_000)
  })

  it('are split until the bad ones stand alone, and the rest are delivered in order', async () => {
    const { lanes, posts, fates, heard } = laneBench([webhook('a', { coalesce })], (text) =>
      /bad/.test(text) ? { outcome: 'rejected', detail: 'invalid_payload' } : { outcome: 'sent' },
    )
    const bad = new Set([3, 8])
    for (const offset of upTo(10)) {
      const queued = message('a', offset)
      lanes.add('a', bad.has(offset) ? saying(queued, `bad ${offset}`) : queued)
    }
    await vi.advanceTimersByTimeAsync(60_000)
    expect(fates.map(({ id, cause }) => [id, cause])).toEqual(
      upTo(10).map((offset) => [`events:0:${offset}:action:a`, bad.has(offset) ? 'rejected' : null]),
    )
    const arrived = linesOf(posts.filter(({ text }) => !/bad/.test(text)))
    expect(arrived).toEqual(
      upTo(10)
        .filter((offset) => !bad.has(offset))
        .map((offset) => `a ${offset}`),
    )
    expect(heard.eventsOf('postSplit')[0]).toEqual({
      destination: 'a',
      messages: 10,
      detail: 'invalid_payload',
    })
  })

  it('are not split where the refusal blames the channel that all of them chose', async () => {
    const { lanes, posts, fates } = laneBench([webhook('a', { coalesce })], () => ({
      outcome: 'rejected',
      detail: 'channel_not_found',
      blamesChannel: true,
    }))
    for (const offset of upTo(5)) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(posts).toHaveLength(1)
    expect(fates.map(({ cause }) => cause)).toEqual(Array(5).fill('rejected'))
  })

  it('are resent as the same post where they may have arrived, whatever came meanwhile', async () => {
    const { lanes, posts, fates, holds } = laneBench([webhook('a', { coalesce })], (_, nth) => ({
      outcome: nth === 1 ? 'ambiguous' : 'sent',
      takesMs: 100,
    }))
    for (const offset of [1, 2, 3]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(50)
    for (const offset of [4, 5]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(30_000)
    const [frozen, later] = ['a 1\na 2\na 3', 'a 4\na 5']
    expect(posts.map(({ text }) => text)).toEqual([frozen, frozen, later, later])
    expect(holds.map(({ id }) => id)).toEqual(upTo(5).map((offset) => `events:0:${offset}:action:a`))
    expect(fates).toHaveLength(5)
  })

  it('that may have arrived are resent twice, and all of them counted', async () => {
    const { lanes, posts, settled } = laneBench([webhook('a', { coalesce })], () => ({
      outcome: 'ambiguous',
    }))
    for (const offset of [1, 2, 3]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(posts.map(({ text }) => text)).toEqual(Array(3).fill('a 1\na 2\na 3'))
    expect(
      settled.map(({ message: { ambiguous, attempts }, fate }) => [ambiguous, attempts, fate.cause]),
    ).toEqual(Array(3).fill([3, 3, 'ambiguous']))
  })

  it('that were ambiguous before a restart are resent no more often than is left, and apart from the new', async () => {
    const { lanes, posts, fates } = laneBench([webhook('a', { coalesce })], () => ({ outcome: 'ambiguous' }))
    lanes.add('a', { ...message('a', 1), attempts: 2, ambiguous: 2 })
    lanes.add('a', { ...message('a', 2), attempts: 2, ambiguous: 2 })
    lanes.add('a', message('a', 3))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1\na 2', 'a 3', 'a 3', 'a 3'])
    expect(fates.map(({ cause }) => cause)).toEqual(Array(3).fill('ambiguous'))
  })

  it('that may have arrived are not joined by one that was as often ambiguous elsewhere', async () => {
    const { lanes, posts } = laneBench([webhook('a', { coalesce })], (_, nth) => ({
      outcome: nth === 1 ? 'ambiguous' : 'sent',
      takesMs: 100,
    }))
    lanes.add('a', message('a', 1))
    await vi.advanceTimersByTimeAsync(50)
    lanes.add('a', { ...message('a', 2), ambiguous: 1 })
    await vi.advanceTimersByTimeAsync(1_500)
    expect(posts.map(({ text }) => text)).toEqual(['a 1', 'a 1'])
  })

  it('stay together through a 429, and only the first one holds the lane on record', async () => {
    const { lanes, posts, holds, held } = laneBench([webhook('a', { coalesce })], (_, nth) =>
      nth === 1 ? { outcome: 'rate_limited', retryAfterMs: 7_000 } : { outcome: 'sent' },
    )
    for (const offset of [1, 2, 3]) lanes.add('a', message('a', offset))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1\na 2\na 3', 'a 1\na 2\na 3'])
    expect(holds).toEqual([{ id: 'events:0:1:action:a', waitMs: 7_000 }])
    expect(held).toMatchObject([{ failingForMs: null, breaker: 'closed' }])
  })

  it('have each their own patience', async () => {
    const { lanes, fates } = laneBench([webhook('a', { coalesce, retryForMs: 5_000 })], () => ({
      outcome: 'retry',
    }))
    lanes.add('a', { ...message('a', 1), queuedAt: Date.now() })
    await vi.advanceTimersByTimeAsync(4_000)
    lanes.add('a', { ...message('a', 2), queuedAt: Date.now() })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(fates.map(({ id }) => id)).toEqual(['events:0:1:action:a'])
    await vi.advanceTimersByTimeAsync(4_000)
    expect(fates.map(({ cause }) => cause)).toEqual(['retries_exhausted', 'retries_exhausted'])
  })

  it('are not joined with one that is not ours, which leaves without a word', async () => {
    const { lanes, posts, fates } = laneBench([webhook('a', { coalesce })], sent)
    for (const offset of upTo(4))
      lanes.add(
        'a',
        message('a', offset, () => offset !== 3),
      )
    await vi.advanceTimersByTimeAsync(5_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 1\na 2', 'a 4'])
    expect(fates.map(({ id }) => id)).toEqual([1, 2, 4].map((offset) => `events:0:${offset}:action:a`))
  })

  it('of two destinations that share a webhook keep their order, in posts of their own', async () => {
    const { lanes, posts } = laneBench([webhook('a', { coalesce }), webhook('b', { coalesce })], sent)
    for (const [nth, id] of ['a', 'a', 'b', 'a'].entries()) lanes.add('same', message(id, nth))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(posts.map(({ text }) => text)).toEqual(['a 0\na 1', 'b 2', 'a 3'])
  })
})

describe('any burst at any receiver', () => {
  const kinds = fc.array(fc.constantFrom('good', 'good', 'good', 'bad', 'fence'), { maxLength: 40 })
  const outcomes = fc.array(fc.constantFrom('retry', 'rate_limited', 'ambiguous', null), { maxLength: 12 })

  it('ends each message once, in order, the bad ones refused and no other', async () => {
    await fc.assert(
      fc.asyncProperty(
        kinds,
        outcomes,
        fc.integer({ min: 1, max: 8 }),
        async (queue, faults, maxMessages) => {
          const script = [...faults]
          const limits = { maxMessages, maxChars: 200 }
          const { lanes, settled, posts } = laneBench([webhook('a', { coalesce: limits })], (text) => {
            const fault = script.shift() ?? null
            if (fault !== null && fault !== 'ambiguous') return { outcome: fault }
            if (fault === 'ambiguous' && !/bad/.test(text) && script.filter(isAmbiguous).length < 2)
              return { outcome: fault }
            return { outcome: /bad/.test(text) ? 'rejected' : 'sent' }
          })
          const queued = queue.map((kind, offset) => say(kind, offset))
          for (const each of queued) lanes.add('a', each)
          await vi.advanceTimersByTimeAsync(2_000_000)
          expect(settled.map(({ message: { dispatchOffset } }) => dispatchOffset)).toEqual(
            queue.map((_, offset) => offset),
          )
          for (const { message: ended, fate } of settled) {
            expect(fate.cause).toBe(queue[ended.dispatchOffset] === 'bad' ? 'rejected' : null)
          }
          for (const { text } of posts) expect(text.split('\n').length).toBeLessThanOrEqual(maxMessages)
          expect([...lanes.backlog()]).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })
})

function isAmbiguous(fault: string | null): boolean {
  return fault === 'ambiguous'
}

function say(kind: 'good' | 'bad' | 'fence', offset: number): QueuedMessage {
  const text = { good: 'good', bad: 'bad', fence: '``` open' }[kind]
  return saying(message('a', offset), `${text} ${offset}`)
}
