import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEMO_CHANNELS } from '../../../src/demo/demo-config.ts'
import type { Fault } from '../../../src/demo/faults/fault.ts'
import { createThrottled } from '../../../src/demo/faults/throttled.ts'
import { createStubWorld, type StubWorld } from './stub-world.ts'

const SIGNUPS = DEMO_CHANNELS.find(({ name }) => name === 'signups')?.target ?? ''

let world: StubWorld
let throttled: Fault
let playing: Promise<void>
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => {
  vi.useFakeTimers()
  world = createStubWorld({ sales: 'process 2', signups: 'process 1' })
  throttled = createThrottled(world, { fromMs: 1_000, untilMs: 2_000, retryAfterSeconds: 2 })
  playing = throttled.play()
})

afterEach(async () => {
  world.end()
  await pass(1_000)
  await playing
  vi.useRealTimers()
})

describe('a webhook that is throttled', () => {
  it('is one of the process that stays, and counts what it answered', async () => {
    await pass(1_200)
    expect([...world.faults]).toEqual([[SIGNUPS, { kind: 'rate_limited', retryAfterSeconds: 2 }]])
    expect([throttled.settled, throttled.notice]).toEqual([false, '#signups is throttled'])
    world.request(SIGNUPS)
    world.request('another')
    await pass(1_000)
    expect([throttled.settled, throttled.notice, world.faults.size]).toEqual([true, null, 0])
    expect(throttled.story()).toMatchObject({ channel: 'signups', answers: 1, failure: null })
  })

  it('stays so until a message has met it, unless none comes any more', async () => {
    await pass(30_000)
    expect(world.faults.size).toBe(1)
    world.state.nothingComes = true
    await pass(200)
    expect([throttled.settled, world.faults.size]).toEqual([true, 0])
  })

  it('is a failure where a post came before its time', async () => {
    await pass(1_200)
    world.request(SIGNUPS)
    await pass(1_000)
    const requests = world.simulator.requests()
    world.simulator.requests = () => requests.map((request) => ({ ...request, early: true }))
    expect(throttled.story()).toMatchObject({ failure: '1 came before Retry-After was over' })
  })
})
