import { describe, expect, it } from 'vitest'
import { createTally, type Tally } from '../../src/demo/tally.ts'

interface Case {
  name: string
  play(tally: Tally): void
  lost?: string[]
  repeated?: string[]
  unexpected?: string[]
  delivered: number
  ok: boolean
}

const expectOne = (tally: Tally, text: string, destination = 'sales') =>
  tally.expected({ destination, text, producedAtMs: 1_000, messageId: `of ${text}` })
const arriveOne = (tally: Tally, text: string, destination = 'sales') =>
  tally.arrived({ destination, text, atMs: 1_050 })

const CASES: Case[] = [
  { name: 'nothing expected and nothing arrived is fine', play: () => {}, delivered: 0, ok: true },
  {
    name: 'all arrived, in another order',
    play(tally) {
      for (const text of ['a', 'b', 'c']) expectOne(tally, text)
      for (const text of ['c', 'a', 'b']) arriveOne(tally, text)
    },
    delivered: 3,
    ok: true,
  },
  {
    name: 'a post that arrives before it is known to be expected',
    play(tally) {
      arriveOne(tally, 'a')
      expectOne(tally, 'a')
    },
    delivered: 1,
    ok: true,
  },
  {
    name: 'a dropped post is lost',
    play(tally) {
      expectOne(tally, 'a')
      expectOne(tally, 'b')
      arriveOne(tally, 'b')
    },
    lost: ['sales a 1'],
    delivered: 1,
    ok: false,
  },
  {
    name: 'a repeated post is repeated, and still delivered once',
    play(tally) {
      expectOne(tally, 'a')
      for (let times = 0; times < 3; times++) arriveOne(tally, 'a')
    },
    repeated: ['sales a 2'],
    delivered: 1,
    ok: false,
  },
  {
    name: 'an altered post is one lost and one unexpected',
    play(tally) {
      expectOne(tally, 'a &amp; b')
      arriveOne(tally, 'a & b')
    },
    lost: ['sales a &amp; b 1'],
    unexpected: ['sales a & b 1'],
    delivered: 0,
    ok: false,
  },
  {
    name: 'a post nobody expected',
    play: (tally) => arriveOne(tally, 'a'),
    unexpected: ['sales a 1'],
    delivered: 0,
    ok: false,
  },
  {
    name: 'the right text in the wrong channel is lost in one and unexpected in the other',
    play(tally) {
      expectOne(tally, 'a', 'sales')
      arriveOne(tally, 'a', 'billing')
    },
    lost: ['sales a 1'],
    unexpected: ['billing a 1'],
    delivered: 0,
    ok: false,
  },
  {
    name: 'the same text expected twice must arrive twice',
    play(tally) {
      expectOne(tally, 'a')
      expectOne(tally, 'a')
      arriveOne(tally, 'a')
    },
    lost: ['sales a 1'],
    delivered: 1,
    ok: false,
  },
  {
    name: 'destination and text are told apart, whatever they hold',
    play(tally) {
      expectOne(tally, 'c', 'a","b')
      arriveOne(tally, 'b","c', 'a')
    },
    lost: ['a","b c 1'],
    unexpected: ['a b","c 1'],
    delivered: 0,
    ok: false,
  },
]

describe('tally', () => {
  it.each(CASES)('$name', ({ play, lost = [], repeated = [], unexpected = [], delivered, ok }) => {
    const tally = createTally()
    play(tally)
    const summary = tally.summary()
    const shown = (found: typeof summary.lost) =>
      found.map(({ destination, text, count }) => `${destination} ${text} ${count}`)
    expect(shown(summary.lost)).toEqual(lost)
    expect(shown(summary.repeated)).toEqual(repeated)
    expect(shown(summary.unexpected)).toEqual(unexpected)
    expect(summary.delivered).toBe(delivered)
    expect(summary.ok).toBe(ok)
  })

  it.each([
    { name: 'as many as expected', expected: 2, arrived: 2, lost: {}, unexpected: {}, ok: true },
    {
      name: 'one that did not come',
      expected: 2,
      arrived: 1,
      lost: { not_json: 1 },
      unexpected: {},
      ok: false,
    },
    { name: 'one too many', expected: 0, arrived: 1, lost: {}, unexpected: { not_json: 1 }, ok: false },
  ])('dead letters: $name', ({ expected, arrived, lost, unexpected, ok }) => {
    const tally = createTally()
    for (let times = 0; times < expected; times++) tally.expectedDeadLetter('not_json')
    for (let times = 0; times < arrived; times++) tally.deadLettered('not_json')
    expect(tally.summary()).toMatchObject({
      ok,
      deadLettered: { not_json: arrived },
      deadLettersLost: lost,
      deadLettersUnexpected: unexpected,
    })
  })

  it('does not let a dead letter of one cause stand for another', () => {
    const tally = createTally()
    tally.expectedDeadLetter('not_json')
    tally.deadLettered('too_large')
    expect(tally.summary().ok).toBe(false)
    expect(tally.pending()).toBe(1)
  })

  it('says how much is still to come, and is not misled by a repetition', () => {
    const tally = createTally()
    expectOne(tally, 'a')
    expectOne(tally, 'b')
    tally.expectedDeadLetter('not_json')
    expect(tally.pending()).toBe(3)
    arriveOne(tally, 'a')
    arriveOne(tally, 'a')
    expect(tally.pending()).toBe(2)
    arriveOne(tally, 'b')
    tally.deadLettered('not_json')
    expect(tally.pending()).toBe(0)
  })

  it('counts events and gives the latency by nearest rank', () => {
    const tally = createTally()
    expect(tally.summary().latencyMs).toBeNull()
    for (let ms = 1; ms <= 200; ms++) {
      tally.produced()
      tally.expected({ destination: 'sales', text: `${ms}`, producedAtMs: 5_000, messageId: `${ms}` })
      tally.arrived({ destination: 'sales', text: `${ms}`, atMs: 5_000 + ms })
    }
    expect(tally.summary()).toMatchObject({ events: 200, matched: 200, latencyMs: { p50: 100, p99: 198 } })
  })

  it('measures a repeated post by its first arrival', () => {
    const tally = createTally()
    tally.expected({ destination: 'sales', text: 'a', producedAtMs: 0, messageId: 'm' })
    tally.arrived({ destination: 'sales', text: 'a', atMs: 900 })
    tally.arrived({ destination: 'sales', text: 'a', atMs: 10 })
    expect(tally.summary().latencyMs).toEqual({ p50: 10, p99: 10 })
  })

  it('tells of each text that came again by which events and when, and lets an excuse stand for it', () => {
    const tally = createTally()
    for (const text of ['a', 'b', 'c']) expectOne(tally, text)
    for (const text of ['a', 'b', 'a', 'b', 'c']) arriveOne(tally, text)
    tally.arrived({ destination: 'sales', text: 'nobody expected it', atMs: 1 })
    expect(tally.repeats()).toMatchObject([
      { destination: 'sales', text: 'a', count: 1, messageIds: ['of a'], arrivedAtMs: [1_050, 1_050] },
      { text: 'b' },
    ])
    const summary = tally.summary(({ text }) => (text === 'a' ? 'kill' : null))
    expect(summary.excused).toEqual([{ destination: 'sales', text: 'a', count: 1, why: 'kill' }])
    expect(summary.repeated).toEqual([{ destination: 'sales', text: 'b', count: 1 }])
    expect(summary.ok).toBe(false)
  })

  it('is content where all that came again is excused', () => {
    const tally = createTally()
    expectOne(tally, 'a')
    for (let times = 0; times < 2; times++) arriveOne(tally, 'a')
    expect(tally.summary(() => 'kill')).toMatchObject({ ok: true, delivered: 1, repeated: [] })
  })
})
