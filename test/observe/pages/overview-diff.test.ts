import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyList, applyUpdate } from '../../../pages/status/apply.js'
import { diffList, diffOverview, type ListUpdate } from '../../../src/observe/pages/overview-diff.ts'
import { later } from './support/fake-later.ts'
import { fakeOverview, seeded } from './support/fake-overview.ts'

interface Item {
  key: string
  value: number
  inner: { at: number[] } | null
}

const item = (key: string, value = 0, inner: Item['inner'] = null): Item => ({ key, value, inner })
const diff = (before: Item[], now: Item[]) => diffList(before, now, ({ key }) => key)
const overTheWire = <T>(value: T): T => JSON.parse(JSON.stringify(value))

describe('what changed in a list', () => {
  it.each<[string, Item[], Item[], ReturnType<typeof diff>]>([
    ['nothing', [item('a'), item('b')], [item('a'), item('b')], null],
    ['nothing, in objects within', [item('a', 1, { at: [1, 2] })], [item('a', 1, { at: [1, 2] })], null],
    [
      'a field of one item',
      [item('a'), item('b', 1)],
      [item('a'), item('b', 2)],
      { gone: [], set: [[1, 1, { value: 2 }]] },
    ],
    [
      'something within a field, which is told whole',
      [item('a', 1, { at: [1, 2] })],
      [item('a', 1, { at: [1, 3] })],
      { gone: [], set: [[0, 0, { inner: { at: [1, 3] } }]] },
    ],
    [
      'one came at the front and one left at the end, as messages do',
      [item('b'), item('a')],
      [item('c'), item('b')],
      { gone: [1], set: [[0, null, item('c')]] },
    ],
    [
      'the order alone',
      [item('a'), item('b'), item('c')],
      [item('b'), item('c'), item('a')],
      { gone: [], set: [[2, 0, {}]] },
    ],
    ['all of them left', [item('a')], [], { gone: [0], set: [] }],
    [
      'two of one key: the second counts as new',
      [item('a')],
      [item('a'), item('a', 5)],
      { gone: [], set: [[1, null, item('a', 5)]] },
    ],
  ])('%s', (_, before, now, told) => {
    expect(diff(before, now)).toEqual(told)
    expect(applyList(before, diff(before, now))).toEqual(now)
  })

  it('tells an item whole that lost a field', () => {
    const [before, now]: [object[], object[]] = [[{ key: 'a', extra: 1 }], [{ key: 'a' }]]
    const update = diffList(before, now, () => 'a')
    expect(update).toEqual({ gone: [0], set: [[0, null, { key: 'a' }]] })
    expect(applyList(before, update)).toEqual(now)
  })

  it('leads from any list to any other, and keeps the objects that did not change', () => {
    const lists = fc.array(
      fc.record({
        key: fc.constantFrom(...'abcdefghij'),
        value: fc.integer({ min: 0, max: 2 }),
        inner: fc.constant(null),
      }),
      { maxLength: 14 },
    )
    fc.assert(
      fc.property(lists, lists, (before, now) => {
        const update = diff(before, now)
        const applied = applyList(before, overTheWire(update))
        expect(applied).toEqual(now)
        const told = new Set(update?.set.map(([place]) => place))
        for (const [place, each] of applied.entries()) if (!told.has(place)) expect(before).toContain(each)
      }),
    )
  })

  it.each<[string, ListUpdate<Item>]>([
    ['a place that is not reached', { gone: [], set: [[5, null, item('x')]] }],
    ['an item that there was not', { gone: [], set: [[0, 7, {}]] }],
  ])('of another list is refused: %s', (_, update) => {
    expect(() => applyList([item('a')], update)).toThrow('does not fit')
  })
})

describe('what changed in an overview', () => {
  it('leads through a busy group, update by update', () => {
    const random = seeded(3)
    let now = fakeOverview({ lanes: 60, messages: 200 })
    let shown = now
    for (let round = 0; round < 40; round += 1) {
      const next = later(now, 2_000, random)
      shown = applyUpdate(shown, overTheWire(diffOverview(now, next)))
      now = next
      expect(shown).toEqual(now)
    }
  })

  it('is the time alone where nothing changed', () => {
    const before = fakeOverview()
    expect(diffOverview(before, { ...overTheWire(before), at: before.at + 2_000 })).toEqual({
      at: before.at + 2_000,
    })
  })

  it('of a thousand lanes holds little of those where nothing happened', () => {
    const before = fakeOverview({ lanes: 1_000 })
    const lanes = before.lanes.map((lane, index) => (index === 500 ? { ...lane, waiting: 99 } : lane))
    const update = diffOverview(before, { ...overTheWire(before), lanes: overTheWire(lanes) })
    expect(update).toEqual({ at: before.at, lanes: { gone: [], set: [[500, 500, { waiting: 99 }]] } })
  })
})
