import { parentPort, workerData } from 'node:worker_threads'
import fc from 'fast-check'
import { growthFindings } from './growth.ts'
import { TARGETS } from './targets/all.ts'
import { createWatched } from './watched.ts'
import type { Work, WorkerResult } from './work.ts'

/** One target in a thread of its own, which can be ended whatever it does. */
const work = workerData as Work
const watched = createWatched(work.shared)
const target = await TARGETS[work.target]?.()
if (target === undefined) throw new Error(`there is no target ${work.target}`)

const details = await fc.check(target.property(watched.watch), {
  seed: work.seed,
  ...(work.runs === null ? { numRuns: 2 ** 31 - 1 } : { numRuns: work.runs }),
  ...(work.path === null ? {} : { path: work.path }),
  ...(work.forMs === null ? {} : { interruptAfterTimeLimit: work.forMs, markInterruptAsFailure: false }),
})

const slow = work.growth && !details.failed ? await growthFindings(target.growing, watched.watch) : []
const result: WorkerResult = {
  cases: details.numRuns,
  failure: details.failed
    ? `${describe(details.errorInstance)}
${fc.defaultReportMessage(details)}`
    : null,
  slow,
}
target.close?.()
parentPort?.postMessage(result)

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
