import { expect, it } from 'vitest'
import { requireCleanPrototypes } from './target.ts'
import { TARGET_NAMES } from './targets/all.ts'
import { createShared, createWatched, newestCase } from './watched.ts'
import { findingOf, fuzz } from './work.ts'

/** `npm run fuzz` takes a minute for each and new seeds. */
const SEED = 20_260_131
const RUNS: Readonly<Record<string, number>> = {
  trigger: 500,
  template: 300,
  configuration: 100,
  json: 400,
  avro: 150,
}

/** A hang is told before the test itself is given up. */
const MOST_CASE_MS = 30_000

it.each(TARGET_NAMES)('%s: random input gives a result or a documented error', async (target) => {
  const runs = RUNS[target] ?? 100
  const outcome = await fuzz(
    { target, seed: SEED, path: null, runs, forMs: null, growth: false },
    MOST_CASE_MS,
  )
  expect(findingOf({ target, seed: SEED }, outcome)).toBeNull()
  expect(outcome.cases).toBe(runs)
})

it('would see a prototype that was reached', () => {
  requireCleanPrototypes()
  Object.defineProperty(Object.prototype, 'polluted', { value: 1, configurable: true })
  try {
    expect(requireCleanPrototypes).toThrow('Object.prototype has changed')
  } finally {
    Reflect.deleteProperty(Object.prototype, 'polluted')
  }
})

it('can tell what a thread that hangs is at', () => {
  const shared = createShared()
  const { watch } = createWatched(shared)
  watch('one')
  watch({ text: 'zwölf' })
  expect(newestCase(shared)).toBe('{"text":"zwölf"}')
})

it.each([
  [
    { kind: 'hung', cases: 3, input: '"x"' } as const,
    /hangs on case 3; again: npm run fuzz -- --target t --seed 7\n"x"/,
  ],
  [
    { kind: 'crashed', cases: 3, input: '"x"', error: new Error('heap') } as const,
    /ends its thread on case 3 \(heap\)/,
  ],
  [
    { kind: 'done', cases: 3, failure: 'Counterexample: ["x"]', slow: [] } as const,
    /Counterexample: \["x"\]/,
  ],
  [
    { kind: 'done', cases: 3, failure: null, slow: ['a: 1 ms, then 99 ms'] } as const,
    /grows too fast:\n {2}a: 1 ms/,
  ],
])('a finding is told with what finds it again: %j', (outcome, said) => {
  expect(findingOf({ target: 't', seed: 7 }, outcome)).toMatch(said)
})
