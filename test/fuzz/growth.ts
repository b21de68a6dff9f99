import type { Growing, Watch } from './target.ts'

/**
 * Inputs that grow: eight times the size may take eight times the time, and some more for what sorts. A quadratic
 * one takes 64 times as long. Measured is this thread's own processor time, so that a busy machine changes nothing.
 */
const STEPS = 8
const MOST_RATIO = 24
/** Less tells nothing: a garbage collection costs as much. */
const LEAST_MS = 60
/** However it grows. */
const MOST_MS = 4_000
const TRIES = 3

export async function growthFindings(
  growing: readonly Growing[],
  watch: Watch,
  clockMs: ClockMs = threadMs,
): Promise<string[]> {
  const findings: string[] = []
  for (const one of growing) {
    const finding = await findingOf(one, async (size) => timeOf(one, size, { watch, clockMs }))
    if (finding !== null) findings.push(finding)
  }
  return findings
}

/** A finding is one that shows every time. */
async function findingOf(one: Growing, time: (size: number) => Promise<number>): Promise<string | null> {
  let finding: string | null = null
  for (let nth = 0; nth < TRIES; nth += 1) {
    const smallMs = await time(one.most / STEPS)
    const largeMs = await time(one.most)
    const isQuick = largeMs < LEAST_MS || largeMs / Math.max(smallMs, LEAST_MS / MOST_RATIO) < MOST_RATIO
    if (isQuick && largeMs < MOST_MS) return null
    finding = `${one.what}: ${Math.round(smallMs)} ms for ${one.most / STEPS}, ${Math.round(largeMs)} ms for ${one.most}`
  }
  return finding
}

async function timeOf(
  one: Growing,
  size: number,
  { watch, clockMs }: { watch: Watch; clockMs: ClockMs },
): Promise<number> {
  const input = one.ofSize(Math.floor(size))
  watch({ what: one.what, size })
  const beforeMs = clockMs()
  await one.run(input)
  return clockMs() - beforeMs
}

type ClockMs = () => number

const threadMs: ClockMs = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
