import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEMO_CHANNELS } from '../../../src/demo/demo-config.ts'
import { createGone, type GoneFault } from '../../../src/demo/faults/gone.ts'
import { createStubWorld, type StubWorld } from './stub-world.ts'

const BILLING = DEMO_CHANNELS.find(({ name }) => name === 'billing')?.target ?? ''
const PLAN = {
  gone: { fromMs: 1_000, untilMs: 3_000 },
  throttled: null,
  killAtMs: 20_000,
  killLatestMs: 25_000,
  leftOut: [],
}
const LETTER = { kind: 'message', cause: 'destination_down', destination: 'billing' } as const

let world: StubWorld
let gone: GoneFault
let playing: Promise<void>

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const letters = (count: number): void => {
  for (let nth = 0; nth < count; nth++) world.letters.take(LETTER)
}
/** A replay that is read back at once. */
const replayAll = () => {
  for (let left = world.letters.count('billing') - world.letters.replayed; left > 0; left--) {
    world.letters.take({ kind: 'replayed', cause: 'destination_down', destination: null })
  }
  return { ended: 'exit code 0', output: 'note\n2 letters replayed: 2 messages are queued again\n' }
}

beforeEach(() => {
  vi.useFakeTimers()
  world = createStubWorld({ 'churn-risk': 'process 1', billing: 'process 2' })
  world.onCommand = replayAll
  gone = createGone(world, PLAN)
  playing = gone.play()
})

afterEach(async () => {
  world.end()
  await pass(1_000)
  await playing
  vi.useRealTimers()
})

/** The webhook of the process to be killed is gone, a message has met it, and it is back with two dead letters. */
async function untilBack(): Promise<void> {
  await pass(1_500)
  world.request(BILLING)
  letters(2)
  await pass(2_000)
}

describe('a webhook that is gone', () => {
  it('is one of the process that will be killed, until its time is over', async () => {
    await pass(900)
    expect(world.faults.size).toBe(0)
    await pass(300)
    expect([...world.faults]).toEqual([[BILLING, { kind: 'gone', body: 'no_active_hooks' }]])
    expect([gone.isGone, gone.notice]).toEqual([true, "#billing's webhook is gone"])
    world.request(BILLING)
    letters(1)
    await pass(2_000)
    expect(world.faults.size).toBe(0)
    expect([gone.isGone, gone.settled, gone.notice]).toEqual([
      false,
      false,
      "#billing's webhook is back: 1 dead letter to be replayed",
    ])
  })

  it('stays gone until a message has met it, unless none comes any more', async () => {
    await pass(60_000)
    expect(world.faults.size).toBe(1)
    world.state.nothingComes = true
    await pass(200)
    expect(world.faults.size).toBe(0)
    expect([gone.settled, gone.story()]).toEqual([true, expect.objectContaining({ refused: 0, letters: 0 })])
  })

  it.each([
    { name: 'a post was taken after the last letter', show: () => world.request(BILLING) },
    {
      name: 'who knew the breaker was killed',
      show: () => {
        world.state.isForgotten = true
      },
    },
    { name: 'a minute has passed since the last refusal', show: () => pass(58_500) },
  ])('has its letters replayed once $name', async ({ show }) => {
    await untilBack()
    await pass(200)
    expect(world.commands).toEqual([])
    await show()
    await pass(500)
    expect(world.commands).toEqual(['dead replay --destination billing --cause destination_down'])
    expect(world.said).toContain('2 letters replayed: 2 messages are queued again')
    expect(gone.settled).toBe(true)
    expect(gone.story()).toMatchObject({
      channel: 'billing',
      refused: 1,
      letters: 2,
      replayed: 2,
      failure: null,
    })
  })

  it('is not tried before the breaker lets anything through', async () => {
    await untilBack()
    await pass(57_000)
    expect(world.commands).toEqual([])
  })

  it('has letters that come again replayed again, after another post was taken', async () => {
    await untilBack()
    world.request(BILLING)
    await pass(500)
    letters(1)
    await pass(500)
    expect(world.commands).toHaveLength(1)
    world.request(BILLING)
    await pass(500)
    expect(world.commands).toHaveLength(2)
    expect(gone.settled).toBe(true)
  })

  it('is not settled before its replay has ended, though all letters are read back', async () => {
    const ended = Promise.withResolvers<{ ended: string; output: string }>()
    world.onCommand = () => {
      replayAll()
      return ended.promise
    }
    await pass(1_000 + 2_100)
    letters(1)
    world.request(BILLING)
    await pass(2_100)
    world.state.isForgotten = true
    await pass(200)
    expect([world.letters.replayed, gone.settled]).toEqual([1, false])
    ended.resolve({ ended: 'exit code 0', output: '1 letter replayed' })
    await pass(200)
    expect(gone.settled).toBe(true)
  })

  it('tells of a replay that fails, and tries a few times', async () => {
    world.onCommand = () => ({ ended: 'exit code 1', output: '' })
    await untilBack()
    world.request(BILLING)
    await pass(120_000)
    expect(world.commands).toHaveLength(5)
    expect(world.said).toContain('the replay ended with exit code 1: no reason')
    expect(gone.story()).toMatchObject({ replayed: 0, failure: 'the replay ended with exit code 1' })
  })

  it('never is where the traffic ends before its time', async () => {
    world.state.trafficIsOver = true
    await pass(5_000)
    expect([gone.settled, world.faults.size, gone.story()]).toEqual([
      true,
      0,
      expect.objectContaining({ lastedMs: null }),
    ])
  })
})
