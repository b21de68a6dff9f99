import { describe, expect, it } from 'vitest'
import type { Control } from '../../../src/core/records.ts'
import { OverviewModel } from '../../../src/observe/overview/model.ts'
import { testAction, testConfig, testWebhook } from '../../support/config.ts'
import { dispatchOf, laneOf, letterOf, NOW, processOf, receiptOf } from './support/records.ts'

const config = testConfig({
  destinations: new Map(['sales', 'alerts'].map((id) => [id, testWebhook(id)])),
  actions: [
    testAction({ id: 'order', destinations: ['sales', 'alerts'] }),
    testAction({ id: 'off', enabled: false }),
  ],
})
const now = { history: { done: true, readRecords: 0 }, topics: [] }

function modelAt(nowMs = NOW) {
  let [wallMs, monotonicMs] = [nowMs, 0]
  const clock = { nowMs: () => wallMs, monotonicMs: () => monotonicMs }
  const model = new OverviewModel({ clock, config: () => config, configPath: null })
  const pass = (ms: number): void => {
    wallMs += ms
    monotonicMs += ms
  }
  return { model, pass }
}

describe('the overview', () => {
  it('sums what living processes say', () => {
    const { model } = modelAt()
    const lanes = [laneOf('sales', { waiting: 7 })]
    model.processes.note(processOf('a', { lanes, lanes_total: 1_500, waiting: 7 }), {
      ageMs: 0,
      monotonicMs: 0,
    })
    model.processes.note(processOf('b', { lanes_total: 3, waiting: 9 }), { ageMs: 60_000, monotonicMs: 0 })
    const overview = model.at(now)
    expect(overview).toMatchObject({ at: NOW, prefix: 'bellhop', lanesTotal: 1_500, waiting: 7 })
    expect(overview.processes).toEqual([
      expect.objectContaining({ process: 'a', gone: false, seenAt: NOW }),
      expect.objectContaining({ process: 'b', gone: true, seenAt: NOW - 60_000 }),
    ])
    expect(overview.lanes.map(({ process, trouble }) => [process, trouble])).toEqual([
      ['a', 'waiting'],
      ['', 'idle'],
    ])
  })

  it('has the newest word of each message, with the text that was queued', () => {
    const { model } = modelAt()
    model.queued(dispatchOf('m1'), NOW)
    model.receipt(receiptOf('m2', { recorded_at: NOW - 500 }))
    model.receipt(receiptOf('m1', { outcome: null, held_until: NOW + 9_000, recorded_at: NOW - 400 }))
    model.receipt(receiptOf('m1', { recorded_at: NOW - 300 }))
    model.receipt(receiptOf('m1', { outcome: 'expired', recorded_at: NOW - 350 }))
    expect(model.at(now).messages).toEqual([
      expect.objectContaining({ id: 'm1', outcome: 'delivered', text: 'text of m1', status: 200 }),
      expect.objectContaining({ id: 'm2', text: null }),
    ])
  })

  it('keeps the 200 newest messages of any number, in whatever order partitions are read', () => {
    const { model } = modelAt()
    for (const partition of [0, 1, 2]) {
      for (let nth = 0; nth < 1_000; nth += 1) {
        model.receipt(receiptOf(`${partition}/${nth}`, { recorded_at: NOW - 10 * (1_000 - nth) - partition }))
      }
    }
    const { messages } = model.at(now)
    expect(messages).toHaveLength(200)
    expect(messages.slice(0, 4).map(({ id }) => id)).toEqual(['0/999', '1/999', '2/999', '0/998'])
  })

  it('cuts long texts and the words of others', () => {
    const { model } = modelAt()
    const message = { ...dispatchOf('m').message, text: '🎉'.repeat(5_000) }
    model.queued(dispatchOf('m', { message }), NOW)
    model.receipt(receiptOf('m', { detail: 'x'.repeat(9_000), userId: 'u'.repeat(9_000) }))
    const [shown] = model.at(now).messages
    expect([...(shown?.text ?? '')]).toHaveLength(240)
    expect([shown?.detail?.length, shown?.userId?.length]).toEqual([500, 256])
  })

  it('counts an event once, however many destinations it goes to, and each post', () => {
    const { model } = modelAt()
    for (const destination of ['sales', 'alerts']) {
      model.queued(dispatchOf(`m/${destination}`, { destination }), NOW - 60_000)
      model.receipt(receiptOf(`m/${destination}`, { destination, recorded_at: NOW }))
    }
    model.queued(dispatchOf('moved', { moves: 1 }), NOW)
    model.receipt(receiptOf('given up', { outcome: 'dead_lettered', cause: 'rejected' }))
    const order = model.at(now).actions.find(({ action }) => action === 'order')
    expect(order).toMatchObject({ enabled: true })
    expect(order?.matches.slice(-3)).toEqual([0, 1, 0])
    expect(order?.posts.slice(-3)).toEqual([0, 0, 2])
  })

  it('shows an action that no configuration holds while it had something in the last hour', () => {
    const { model, pass } = modelAt()
    model.queued(dispatchOf('m', { action: 'bellhop.canary' }), NOW)
    const ids = (): string[] => model.at(now).actions.map(({ action }) => action)
    expect(ids()).toEqual(['bellhop.canary', 'off', 'order'])
    pass(3_600_000)
    expect(ids()).toEqual(['off', 'order'])
  })

  it('lets no clock that is ahead push all else into the past', () => {
    const { model } = modelAt()
    model.queued(dispatchOf('m1'), NOW)
    model.queued(dispatchOf('m2'), NOW + 365 * 86_400_000)
    model.receipt(receiptOf('ahead', { recorded_at: NOW + 86_400_000 }))
    model.receipt(receiptOf('right', { recorded_at: NOW }))
    const { actions, messages } = model.at(now)
    expect(actions.find(({ action }) => action === 'order')?.matches.at(-1)).toBe(2)
    expect(messages.map(({ recordedAt }) => recordedAt)).toEqual([NOW, NOW])
  })

  it('has the controls that are in force, each until it is taken back or has ended by itself', () => {
    const { model, pass } = modelAt()
    const control: Control = {
      kind: 'silence',
      destination: 'sales',
      why: null,
      by: null,
      since: NOW,
      until: null,
    }
    model.control('silence/sales', control)
    model.control('pause/alerts', { ...control, kind: 'pause', destination: 'alerts', until: NOW + 5_000 })
    expect(model.at(now).controls.map(({ kind }) => kind)).toEqual(['pause', 'silence'])
    expect(model.at(now).lanes[0]).toMatchObject({ destinations: ['alerts'], trouble: 'paused' })
    pass(5_000)
    expect(model.at(now).controls.map(({ kind }) => kind)).toEqual(['silence'])
    model.control('silence/sales', null)
    expect(model.at(now).controls).toEqual([])
  })

  it('counts letters', () => {
    const { model } = modelAt()
    model.lettersBegin(0, 0)
    model.letter(letterOf(), 0)
    model.letter(letterOf({ kind: 'replayed', replays: 0 }), 0)
    model.letter(letterOf({ cause: 'expired' }), 0)
    expect(model.at(now).letters).toEqual([expect.objectContaining({ cause: 'expired', count: 1 })])
  })
})
