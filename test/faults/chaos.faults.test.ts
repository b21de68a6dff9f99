import { afterAll, expect, it } from 'vitest'
import { runChaos } from '../chaos/chaos.ts'
import { formatReport } from '../chaos/report.ts'
import { print, seedOfRun } from './support/runs.ts'

const seed = seedOfRun()
const ending = new AbortController()
let running: Promise<unknown> = Promise.resolve()

afterAll(async () => {
  ending.abort(new Error('the test has ended'))
  await running.catch(() => undefined)
})

it('three minutes of faults lose nothing, repeat nothing without excuse, and keep pace and order', async () => {
  const run = runChaos({ seed, minutes: 3, print, signal: ending.signal })
  running = run
  const report = await run
  print(formatReport(report))
  expect(report.findings).toEqual([])
  expect(report.passed).toBe(true)
}, 600_000)
