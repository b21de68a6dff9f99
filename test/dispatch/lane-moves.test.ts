import { describe, expect, it } from 'vitest'
import type { Destination } from '../../src/config/config.ts'
import { NOTIFY_ACTION } from '../../src/core/own-actions.ts'
import type { Control } from '../../src/core/records.ts'
import { createLane, type Lane, type QueuedMessage } from '../../src/dispatch/lane.ts'
import { nextGroup, nextMove, type World } from '../../src/dispatch/lane-moves.ts'
import { message, webhook } from './support/lane-bench.ts'

const NOW_MS = 1_000_000_000
const HOUR_MS = 3_600_000

interface Situation {
  destination?: Destination
  paused?: boolean
  silence?: Partial<Control>
  head?: Partial<QueuedMessage>
  action?: string
  lane?: Partial<Lane>
}

function worldOf({ destination = webhook('a'), paused = false, silence }: Situation): World {
  const base: Control = { kind: 'silence', destination: 'a', why: 'launch', by: null, since: 0, until: null }
  return {
    destinations: new Map([['a', destination]]),
    clock: { nowMs: () => NOW_MS, monotonicMs: () => 50_000 },
    controls: {
      isPaused: (id) => paused && id === 'a',
      silenceAt: (id) => (silence === undefined || id !== 'a' ? null : { ...base, ...silence }),
    },
    waitingSinceMs: () => 0,
  }
}

function laneOf({ head, action, lane }: Situation): Lane {
  const made = Object.assign(createLane('a', { bytes: 0 }), lane)
  const first = { ...message('a', 1), queuedAt: NOW_MS - 2 * HOUR_MS, ...head }
  made.queue.push(action === undefined ? first : { ...first, record: { ...first.record, action } })
  return made
}

function moveIn(situation: Situation) {
  return nextMove(laneOf(situation), worldOf(situation))
}

const expiring = webhook('a', { expireAfterMs: HOUR_MS })
const patient = webhook('a', { expireAfterMs: 3 * HOUR_MS })
const disabled = { ...webhook('a'), enabled: false }
const open = { state: 'open', word: 'no_service', probeAtMs: 60_000 } as const
const due = { state: 'open', word: 'no_service', probeAtMs: 40_000 } as const
const halfOpen = { ...due, state: 'half_open' } as const
const silenced = { kind: 'give_up', outcome: 'silenced', cause: null }
const paused = { kind: 'wait', paused: true, unknown: false }
const all = { paused: true, silence: {}, lane: { breaker: open } }

describe('what a lane does next', () => {
  it.each<[string, Situation, object]>([
    [
      'lets a head go that is not ours, whatever is said of it',
      { ...all, head: { owned: () => false } },
      { kind: 'leave' },
    ],
    [
      'gives up what has expired, though it is paused',
      { ...all, destination: expiring },
      { outcome: 'expired' },
    ],
    ['waits while it is paused', { paused: true }, { ...paused, untilMs: Infinity }],
    [
      'waits while it is paused for no longer than the message may',
      { paused: true, destination: patient },
      { ...paused, untilMs: 50_000 + HOUR_MS },
    ],
    ['waits while it is paused, though silenced and broken', all, paused],
    [
      'waits while it is paused, though its destination is not to be used',
      { ...all, destination: disabled },
      paused,
    ],
    [
      'gives up what nobody knows the destination of, though silenced',
      { silence: {}, destination: disabled },
      { kind: 'give_up', cause: 'unknown_destination' },
    ],
    ['drops what is silenced, with the reason', { silence: {} }, { ...silenced, detail: 'launch' }],
    ['drops what is silenced for no reason', { silence: { why: null } }, { ...silenced, detail: 'silenced' }],
    [
      'drops what is silenced though its lane is held',
      { silence: {}, lane: { notBeforeMs: 90_000 } },
      silenced,
    ],
    ['drops what is silenced rather than give it up', { silence: {}, lane: { breaker: open } }, silenced],
    [
      'gives up what its open breaker keeps back',
      { lane: { breaker: open } },
      { outcome: 'dead_lettered', cause: 'destination_down' },
    ],
    ['posts what nothing is said of', {}, { kind: 'post' }],
    ["posts bellhop's own word through a lane that works", { action: NOTIFY_ACTION }, { kind: 'post' }],
    [
      "drops bellhop's own word where the breaker is open",
      { action: NOTIFY_ACTION, lane: { breaker: open } },
      { ...silenced, detail: expect.stringContaining('breaker is open: no_service') },
    ],
    ["does not probe with bellhop's own word", { action: NOTIFY_ACTION, lane: { breaker: due } }, silenced],
    ['nor go on to probe with it', { action: NOTIFY_ACTION, lane: { breaker: halfOpen } }, silenced],
    [
      "drops bellhop's own word where the last post failed",
      { action: NOTIFY_ACTION, lane: { failingSinceMs: 49_000 } },
      { ...silenced, detail: expect.stringContaining('failing') },
    ],
    ['keeps it while it is paused', { action: NOTIFY_ACTION, paused: true, lane: { breaker: open } }, paused],
    [
      'waits for what was given up before it to be on record',
      { lane: { givingUp: 1 } },
      { kind: 'wait', paused: false },
    ],
    ['drops what is silenced without that wait', { silence: {}, lane: { givingUp: 1 } }, silenced],
  ])('%s', (_, situation, expected) => {
    expect(moveIn(situation)).toMatchObject(expected)
  })
})

describe("bellhop's own word", () => {
  const coalesce = { maxMessages: 20, maxChars: 3_500 }
  const destination = webhook('a', { coalesce })

  function groupOf(actions: readonly string[]): number {
    const lane = createLane('a', { bytes: 0 })
    for (const [nth, action] of actions.entries()) {
      const queued = message('a', nth)
      lane.queue.push({ ...queued, record: { ...queued.record, action } })
    }
    return nextGroup(lane, destination, worldOf({}).clock)?.length ?? 0
  }

  it.each<[string, string[], number]>([
    ['is joined by nothing', [NOTIFY_ACTION, 'x', 'x'], 1],
    ['joins nothing', ['x', 'x', NOTIFY_ACTION, 'x'], 2],
    ['keeps others from nothing where it is not', ['x', 'y', 'x'], 3],
  ])('%s', (_, actions, expected) => {
    expect(groupOf(actions)).toBe(expected)
  })
})
