import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createKill, type Kill } from '../../../src/demo/faults/kill.ts'
import { createStubWorld, type StubWorld } from './stub-world.ts'

let world: StubWorld
let kill: Kill
let playing: Promise<void>
let isInTheWay: boolean
let orphans: Set<number>
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => {
  vi.useFakeTimers({ now: 50_000 })
  world = createStubWorld({})
  isInTheWay = false
  orphans = new Set()
  Object.assign(world.fleet, {
    ownership: { orphans, adoptedAtMs: 57_000 },
    async killSecond() {
      for (const partition of [1, 4]) orphans.add(partition)
      return { killedAtMs: Date.now(), goneAtMs: Date.now() + 10, orphans: [...orphans] }
    },
    async replaceSecond() {
      Object.assign(world.fleet, { second: 'process 3' })
    },
  })
  kill = createKill(world, { atMs: 1_000, latestMs: 4_000, isInTheWay: () => isInTheWay })
  playing = kill.play()
})

afterEach(async () => {
  world.end()
  await pass(1_000)
  await playing
  vi.useRealTimers()
})

describe('a process that is killed', () => {
  it('is over when all that it had is worked on again', async () => {
    await pass(1_100)
    expect(world.said).toEqual(['kill -9 of process 2, which has 2 partitions; process 3 is started'])
    expect([kill.settled, kill.notice]).toEqual([false, 'process 2 was killed and is being replaced'])
    expect(kill.evidence).toMatchObject({ partitions: [1, 4] })
    expect(kill.story()).toMatchObject({ failure: 'not all that it had was taken over', takeoverMs: null })
    orphans.clear()
    await pass(200)
    expect([kill.settled, kill.notice]).toEqual([true, null])
    expect(kill.story()).toMatchObject({ process: 'process 2', partitions: 2, failure: null })
    expect(kill.evidence?.killedAtMs).toBe(57_000 - (kill.story() as { takeoverMs: number }).takeoverMs)
  })

  it('lives on while something is in the way, but not for ever', async () => {
    isInTheWay = true
    await pass(3_900)
    expect(kill.evidence).toBeNull()
    await pass(300)
    expect(kill.evidence).not.toBeNull()
  })

  it('never is where the traffic ends before its time', async () => {
    world.state.trafficIsOver = true
    await pass(5_000)
    expect([kill.settled, kill.evidence, kill.story()]).toEqual([
      true,
      null,
      expect.objectContaining({ process: '' }),
    ])
  })
})
