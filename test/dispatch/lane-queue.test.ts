import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QueuedMessage } from '../../src/dispatch/lane.ts'
import { LaneQueue, type Tally } from '../../src/dispatch/lane-queue.ts'
import { message } from './support/lane-bench.ts'

const anyStep = fc.oneof(
  fc.record({ kind: fc.constant('push' as const), destination: fc.constantFrom('a', 'b', 'c') }),
  fc.record({
    kind: fc.constant('leave' as const),
    count: fc.integer({ min: 1, max: 4 }),
    stays: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('retain' as const), modulus: fc.integer({ min: 1, max: 4 }) }),
)

function queued(destination: string, offset: number): QueuedMessage {
  return { ...message(destination, offset), queuedAt: offset, bytes: offset + 1 }
}

function talliesIn(queue: LaneQueue): Tally[] {
  const tallies: Tally[] = []
  queue.forEachTally((tally) => tallies.push(tally))
  return tallies
}

function talliesOf(model: readonly QueuedMessage[]): unknown[] {
  const destinations = [...new Set(model.map(({ record }) => record.destination))]
  return destinations.sort().map((destination) => {
    const own = model.filter(({ record }) => record.destination === destination)
    return { destination, messages: own.length, oldestQueuedAt: own[0]?.queuedAt }
  })
}

describe("a lane's queue", () => {
  it('is a list in order that knows what it weighs and whose it is, after any steps', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const use = { bytes: 0 }
        const queue = new LaneQueue(use)
        let model: QueuedMessage[] = []
        for (const [nth, step] of steps.entries()) {
          if (step.kind === 'push') {
            const added = queued(step.destination, nth)
            model.push(added)
            queue.push(added)
          } else if (step.kind === 'leave') {
            const first = model.slice(0, step.count)
            const staying = first.filter((_, at) => step.stays[at])
            queue.leave(first.length, staying)
            model = [...staying, ...model.slice(step.count)]
          } else {
            const keeps = (each: QueuedMessage): boolean => each.queuedAt % step.modulus === 0
            const before = model.length
            model = model.filter(keeps)
            expect(queue.retain(keeps)).toBe(before - model.length)
          }
          expect(queue.first(queue.length)).toEqual(model)
          expect([queue.at(0), queue.at(queue.length - 1)]).toEqual([model[0], model.at(-1)])
          expect([queue.bytes, use.bytes]).toEqual(
            Array(2).fill(model.reduce((sum, { bytes }) => sum + bytes, 0)),
          )
          const tallies = talliesIn(queue).filter(({ messages }) => messages > 0)
          expect(tallies.sort((a, b) => (a.destination < b.destination ? -1 : 1))).toEqual(talliesOf(model))
        }
      }),
    )
  })

  it('forgets what has left, however long it is', () => {
    const queue = new LaneQueue({ bytes: 0 })
    for (let offset = 0; offset < 10_000; offset += 1) queue.push(queued('a', offset))
    for (let offset = 0; offset < 10_000; offset += 1) {
      expect(queue.at(0)?.queuedAt).toBe(offset)
      queue.leave(1)
    }
    expect([queue.length, queue.bytes]).toEqual([0, 0])
    queue.push(queued('a', 7))
    expect(talliesIn(queue)).toEqual([{ destination: 'a', messages: 1, oldestQueuedAt: 7 }])
  })
})
