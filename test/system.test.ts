import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { settledWithin, sleep, Waits } from '../src/system.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Whether the promise has settled after so long. */
async function doneAfter(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let done = false
  void promise.then(() => {
    done = true
  })
  await vi.advanceTimersByTimeAsync(ms)
  return done
}

const DAY_MS = 86_400_000

describe('a wait', () => {
  it.each([
    ['sleep', (ms: number) => sleep(ms)],
    ['Waits', (ms: number) => new Waits().wait(ms)],
  ])('(%s) lasts as long as it was asked to, also beyond what one timer can', async (_, wait) => {
    const waiting = wait(40 * DAY_MS)
    expect(await doneAfter(waiting, 40 * DAY_MS - 1)).toBe(false)
    expect(await doneAfter(waiting, 1)).toBe(true)
  })

  it('ends quietly when its signal is aborted', async () => {
    const controller = new AbortController()
    const waiting = sleep(1_000, controller.signal)
    controller.abort()
    expect(await doneAfter(waiting, 0)).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends with all others, and none begins afterwards', async () => {
    const waits = new Waits()
    const waiting = Promise.all([waits.wait(1_000), waits.wait(40 * DAY_MS)])
    waits.endAll()
    expect(await doneAfter(waiting, 0)).toBe(true)
    expect(await doneAfter(waits.wait(1_000), 0)).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('work with a deadline', () => {
  it('is told to be done in time, also where it failed, and leaves no timer', async () => {
    await expect(settledWithin(Promise.resolve(), 1_000)).resolves.toBe(true)
    await expect(settledWithin(Promise.reject(new Error('failed')), 1_000)).resolves.toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is told to be late', async () => {
    const late = settledWithin(new Promise(() => undefined), 1_000)
    await vi.advanceTimersByTimeAsync(1_000)
    await expect(late).resolves.toBe(false)
  })
})
