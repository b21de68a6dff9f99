import { expect, it } from 'vitest'
import { eventually } from './eventually.ts'

const SOON = { withinMs: 20, everyMs: 1 }

it('gives what the first attempt that works gives', async () => {
  let attempts = 0
  const value = await eventually('a third attempt', () => {
    attempts += 1
    if (attempts === 1) throw new Error('not yet')
    return attempts === 3 ? 'found' : null
  })

  expect(value).toBe('found')
  expect(attempts).toBe(3)
})

it('tries at least once', async () => {
  expect(await eventually('at once', () => true, { withinMs: 0 })).toBe(true)
})

it.each([
  ['was false', () => false, 'not within 0.02 s: the lane is empty; the last attempt gave false'],
  ['was undefined', () => undefined, 'not within 0.02 s: the lane is empty; the last attempt gave undefined'],
  [
    'threw',
    () => Promise.reject(new Error('refused')),
    'not within 0.02 s: the lane is empty; the last attempt threw Error: refused',
  ],
])('says what was awaited and that the last attempt %s', async (_what, attempt, message) => {
  await expect(eventually('the lane is empty', attempt, SOON)).rejects.toThrow(message)
})
