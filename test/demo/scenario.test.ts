import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import type { EventStep, Step } from '../../src/demo/scenario/step.ts'
import { createScenario } from '../../src/demo/scenario.ts'

const START_MS = Date.UTC(2026, 0, 31, 8)

function steps({ seed = 1, rate = 200, seconds = 30 } = {}): Step[] {
  const scenario = createScenario({ random: seededRandom(seed), startMs: START_MS, rate })
  return Array.from({ length: rate * seconds }, () => scenario.next())
}

const events = (all: readonly Step[]): EventStep[] => all.filter((step) => step.kind === 'event')

/** When each message was due, by destination, in milliseconds from the start. */
function arrivals(all: readonly Step[], rate: number): Map<string, number[]> {
  const found = new Map<string, number[]>()
  for (const [index, step] of all.entries()) {
    if (step.kind === 'poison') continue
    for (const { destination } of step.expected) {
      found.set(destination, [...(found.get(destination) ?? []), (index * 1000) / rate])
    }
  }
  return found
}

describe('scenario', () => {
  it('tells the same story for the same seed, and another for another', () => {
    expect(steps({ seed: 7 })).toEqual(steps({ seed: 7 }))
    expect(steps({ seed: 7 })).not.toEqual(steps({ seed: 8 }))
  })

  it('gives every event its own messageId and every message a text of its own', () => {
    const all = events(steps({ seconds: 120 }))
    const messageIds = all.map((step) => step.event.messageId)
    expect(new Set(messageIds).size).toBe(all.length)
    const texts = all.flatMap((step) =>
      step.expected.map(({ destination, text }) => `${destination} ${text}`),
    )
    expect(texts.length).toBeGreaterThan(300)
    expect(new Set(texts).size).toBe(texts.length)
  })

  it('keys each event by its user, or its visitor who is not signed in', () => {
    for (const { key, event } of events(steps())) expect(key).toBe(event.userId ?? event.anonymousId)
  })

  it('spaces the events by the rate, from the start it was given', () => {
    const [first, second] = events(steps({ rate: 50 }))
    expect(first?.event.timestamp).toBe('2026-01-31T08:00:00.000Z')
    expect(second?.event.timestamp).toBe('2026-01-31T08:00:00.020Z')
  })

  it.each([
    { rate: 20, seed: 1 },
    { rate: 200, seed: 1 },
    { rate: 200, seed: 2 },
    { rate: 200, seed: 3 },
    { rate: 5_000, seed: 4 },
  ])('at $rate events a second (seed $seed) every channel can be drained within 10 s', ({ rate, seed }) => {
    const postMs = 1_050
    for (const [destination, times] of arrivals(steps({ rate, seed }), rate)) {
      const doneMs = times.reduce((freeMs, atMs) => Math.max(freeMs, atMs) + postMs, 0)
      expect(doneMs, destination).toBeLessThan(40_000)
      expect(times.length, destination).toBeGreaterThan(5)
    }
  })

  it.each([50, 200, 2_000])('the messages stay as many at %i events a second', (rate) => {
    const count = [...arrivals(steps({ rate }), rate).values()].flat().length
    expect(count).toBeGreaterThan(90)
    expect(count).toBeLessThan(180)
  })

  it('speaks of all eight channels, all four calls and every kind of poison within two minutes', () => {
    const all = steps({ seconds: 120 })
    expect([...arrivals(all, 200).keys()].sort()).toEqual([
      'billing',
      'churn-risk',
      'growth',
      'hot-leads',
      'nps',
      'platform-alerts',
      'sales',
      'signups',
    ])
    expect(new Set(events(all).map((step) => step.event.type))).toEqual(
      new Set(['track', 'identify', 'page', 'group']),
    )
    expect(new Set(all.map((step) => step.expectedDeadLetter))).toEqual(
      new Set([null, 'not_json', 'not_an_object', 'too_large', 'empty_message']),
    )
  })

  it('expects no text that could ping, nor one that still holds a control character', () => {
    for (const { text } of events(steps({ seconds: 300 })).flatMap((step) => step.expected)) {
      expect(text).not.toMatch(/<[!@#]/)
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    }
  })

  it.each([0, -1, Number.NaN])('refuses a rate of %d', (rate) => {
    expect(() => createScenario({ random: seededRandom(1), startMs: START_MS, rate })).toThrow(RangeError)
  })
})
