import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createPartitionTracker,
  type OffsetState,
  type PartitionTracker,
} from '../../src/dispatch/partition-tracker.ts'

describe('partition tracker', () => {
  it('commits up to the first offset that is not complete, whatever completed beyond it', () => {
    const tracker = createPartitionTracker(10)
    for (const offset of [10, 11, 12, 13]) tracker.open(offset)
    tracker.complete(12)
    tracker.complete(11)
    expect(tracker.committable()).toBe(10)
    tracker.complete(10)
    expect(tracker.committable()).toBe(13)
    expect(tracker.incomplete()).toBe(1)
  })

  it('commits the frontier when everything is complete, over control records and null values', () => {
    const tracker = createPartitionTracker(5)
    tracker.open(7)
    tracker.readUpTo(12)
    expect(tracker.committable()).toBe(7)
    tracker.complete(7)
    expect(tracker.committable()).toBe(12)
  })

  it('stands at its start before anything was read', () => {
    const tracker = createPartitionTracker(42)
    expect([tracker.committable(), tracker.frontier()]).toEqual([42, 42])
    expect([tracker.state(41), tracker.state(42)]).toEqual(['complete', 'new'])
  })

  it('tells each state on the way from new to complete, and counts them', () => {
    const tracker = createPartitionTracker(0)
    expect(tracker.state(3)).toBe('new')
    tracker.open(3)
    expect(tracker.state(3)).toBe('passed_over')
    expect(tracker.incomplete()).toBe(1)
    tracker.take(3)
    expect(tracker.state(3)).toBe('queued')
    expect(tracker.incomplete()).toBe(1)
    tracker.complete(3)
    expect(tracker.state(3)).toBe('complete')
    expect(tracker.incomplete()).toBe(0)
  })

  it('goes back from queued to passed over, as often as need be, and stays incomplete', () => {
    const tracker = createPartitionTracker(0)
    tracker.open(3)
    for (let times = 0; times < 3; times += 1) {
      tracker.take(3)
      expect(tracker.giveBack(3)).toBe(true)
      expect([tracker.state(3), tracker.incomplete(), tracker.committable()]).toEqual(['passed_over', 1, 3])
    }
    expect(() => tracker.giveBack(3)).toThrow('offset 3 is passed_over')
    expect(() => tracker.giveBack(4)).toThrow('offset 4 is new')
    tracker.complete(3)
    expect(tracker.giveBack(3)).toBe(false)
  })

  it('takes what holds nothing to do for complete', () => {
    const tracker = createPartitionTracker(0)
    tracker.open(2)
    tracker.readUpTo(6)
    expect([0, 1, 2, 3, 5, 6].map(tracker.state)).toEqual([
      'complete',
      'complete',
      'passed_over',
      'complete',
      'complete',
      'new',
    ])
  })

  it('goes back for nobody: reading again from below does not lower the frontier', () => {
    const tracker = createPartitionTracker(0)
    tracker.readUpTo(100)
    tracker.readUpTo(50)
    expect(tracker.frontier()).toBe(100)
  })

  it('completes a message once, and one that no lane has as well', () => {
    const tracker = createPartitionTracker(0)
    for (const offset of [0, 1, 2]) tracker.open(offset)
    tracker.take(0)
    for (const offset of [0, 0, 1, 1, 77]) tracker.complete(offset)
    expect([tracker.incomplete(), tracker.committable()]).toEqual([1, 2])
  })

  it('takes a page into use again as if it were new', () => {
    const tracker = createPartitionTracker(0)
    tracker.open(5)
    tracker.take(5)
    tracker.complete(5)
    tracker.open(1_048_576 + 5)
    expect(tracker.state(1_048_576 + 5)).toBe('passed_over')
  })

  it('refuses to open what lies below the frontier', () => {
    const tracker = createPartitionTracker(0)
    tracker.open(3)
    expect(() => tracker.open(3)).toThrow('offset 3 was read before 4')
  })

  it.each<[string, OffsetState, number]>([
    ['a message that is in a lane already', 'queued', 0],
    ['a message that is complete', 'complete', 1],
    ['a message that was never read', 'new', 9],
  ])('refuses to take %s', (_, state, offset) => {
    const tracker = createPartitionTracker(0)
    tracker.open(0)
    tracker.open(1)
    tracker.take(0)
    tracker.complete(1)
    expect(() => tracker.take(offset)).toThrow(`offset ${offset} is ${state}`)
  })

  it('finds the next open offset across an immense gap', () => {
    const far = 2 ** 52
    const tracker = createPartitionTracker(0)
    tracker.open(0)
    tracker.open(far)
    tracker.complete(0)
    expect(tracker.committable()).toBe(far)
    tracker.complete(far)
    expect(tracker.committable()).toBe(far + 1)
  })

  it('holds ten million offsets behind one that is stuck, in any order of completion', () => {
    const many = 10_000_000
    const tracker = createPartitionTracker(0)
    for (let offset = 0; offset < many; offset += 1) tracker.open(offset)
    // 7,919 is prime to ten million, so this is every offset once, all over the place.
    for (let step = 1; step < many; step += 1) tracker.complete((step * 7_919) % many)
    expect([tracker.committable(), tracker.incomplete()]).toEqual([0, 1])
    tracker.complete(0)
    expect(tracker.committable()).toBe(many)
  })

  it('answers as a plain set would, whatever is asked in whatever order', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.array(step, { minLength: 1, maxLength: 400 }), (start, steps) => {
        const tracker = createPartitionTracker(start)
        const model = createModel(start)
        for (const { kind, gap, pick } of steps) {
          const offset = model.frontier + gap
          const open = [...model.open.keys()]
          const picked = open[pick % Math.max(1, open.length)] ?? offset
          switch (kind) {
            case 'open':
              tracker.open(offset)
              model.open.set(offset, 'passed_over')
              model.frontier = offset + 1
              break
            case 'read':
              tracker.readUpTo(offset)
              model.frontier = offset
              break
            case 'take':
              if (model.open.get(picked) !== 'passed_over') break
              tracker.take(picked)
              model.open.set(picked, 'queued')
              break
            case 'complete':
              tracker.complete(picked)
              model.open.delete(picked)
              break
          }
          expect(answersOf(tracker)).toEqual(model.answers())
          for (const asked of [offset, picked, picked - 1, picked + 1, start - 1]) {
            expect(tracker.state(asked)).toBe(model.state(asked))
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})

const step = fc.record({
  kind: fc.constantFrom('open', 'open', 'open', 'take', 'complete', 'complete', 'read'),
  // Within a word, over words, over pages.
  gap: fc.oneof({ weight: 6, arbitrary: fc.nat(2) }, fc.nat(70), fc.nat(20_000)),
  pick: fc.nat(),
})

function createModel(start: number) {
  const open = new Map<number, OffsetState>()
  return {
    frontier: start,
    open,
    state(offset: number): OffsetState {
      return offset >= this.frontier ? 'new' : (open.get(offset) ?? 'complete')
    },
    answers() {
      return {
        frontier: this.frontier,
        committable: Math.min(this.frontier, ...open.keys()),
        incomplete: open.size,
      }
    },
  }
}

function answersOf(asked: PartitionTracker) {
  return {
    frontier: asked.frontier(),
    committable: asked.committable(),
    incomplete: asked.incomplete(),
  }
}
