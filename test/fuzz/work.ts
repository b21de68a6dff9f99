import { Worker } from 'node:worker_threads'
import { casesBegun, createShared, newestCase } from './watched.ts'

/** What a worker is given. */
export interface Work {
  target: string
  seed: number
  /** Where to go on in a failure that was found; null: from the beginning. */
  path: string | null
  runs: number | null
  forMs: number | null
  /** Whether growing inputs are timed, too. */
  growth: boolean
  shared: SharedArrayBuffer
}

export interface WorkerResult {
  cases: number
  /** fast-check's report. */
  failure: string | null
  /** Inputs whose time grows faster than they do. */
  slow: readonly string[]
}

export type Outcome =
  | ({ kind: 'done' } & WorkerResult)
  /** One case took longer than any may; the worker was ended. */
  | { kind: 'hung'; cases: number; input: string }
  | { kind: 'crashed'; cases: number; input: string; error: Error }

/** For one case; far more than the slowest takes on a busy machine. */
const MOST_CASE_MS = 20_000
const LOOK_EVERY_MS = 1_000
const MOST_HEAP_MB = 1_024

/** Runs a target in a thread that is ended where one case hangs. */
export function fuzz(work: Omit<Work, 'shared'>, mostCaseMs = MOST_CASE_MS): Promise<Outcome> {
  const shared = createShared()
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { ...work, shared } satisfies Work,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
  })
  return new Promise((resolve) => {
    let [begun, sinceMs] = [-1, performance.now()]
    const watch = setInterval(() => {
      const now = casesBegun(shared)
      if (now !== begun) [begun, sinceMs] = [now, performance.now()]
      else if (performance.now() - sinceMs > mostCaseMs)
        settle({ kind: 'hung', cases: begun, input: newestCase(shared) })
    }, LOOK_EVERY_MS)
    const settle = (outcome: Outcome): void => {
      clearInterval(watch)
      void worker.terminate().then(() => resolve(outcome))
    }
    worker.once('message', (result: WorkerResult) => settle({ kind: 'done', ...result }))
    worker.once('error', (error: Error) =>
      settle({ kind: 'crashed', cases: casesBegun(shared), input: newestCase(shared), error }),
    )
  })
}

/** What a person has to know of it; null where nothing was found. */
export function findingOf({ target, seed }: Pick<Work, 'target' | 'seed'>, outcome: Outcome): string | null {
  const again = `again: npm run fuzz -- --target ${target} --seed ${seed}`
  if (outcome.kind === 'hung') return `${target} hangs on case ${outcome.cases}; ${again}\n${outcome.input}`
  if (outcome.kind === 'crashed') {
    return `${target} ends its thread on case ${outcome.cases} (${outcome.error.message}); ${again}\n${outcome.input}`
  }
  if (outcome.failure !== null) return `${target}; ${again}\n${outcome.failure}`
  return outcome.slow.length === 0 ? null : `${target} grows too fast:\n  ${outcome.slow.join('\n  ')}`
}
