/**
 * `npm run bench:overhead -- --before PATH/src/main.ts`: what this bellhop costs more than another one, such as a
 * checkout of the commit before: the load of bench:match (10 sparse rules) and of bench:dispatch (200 webhooks), one
 * run of each in turn. Prints median and spread of both, and the ratio of the medians; 1.00 is no difference.
 *
 *   --before ../before/src/main.ts --rounds 10 --events 1000000 --webhooks 200 --only match
 */
import { parseArgs } from 'node:util'
import { MAIN } from './support/bellhop-process.ts'
import { type Ground, onGround, percentile } from './support/bench.ts'
import { runDispatch, startDispatching } from './support/dispatch-run.ts'
import { actionsOf } from './support/match-rules.ts'
import { readWithBellhop } from './support/match-runs.ts'
import { createMatchTopics } from './support/match-topics.ts'
import type { Work } from './support/work.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({
  options: { before: text, rounds: text, events: text, webhooks: text, only: text },
})
const { before, only } = values
if (before === undefined) throw new Error('--before wants the src/main.ts of the bellhop to compare with')
const rounds = Number(values.rounds ?? 10)
const events = Number(values.events ?? 1_000_000)
const webhooks = Number(values.webhooks ?? 200)

interface Used {
  elapsedMs: number
  cpuSeconds: number
}

type Measure = (main: string, name: string) => Promise<Used>

const topics = createMatchTopics(events)
try {
  await onGround(MAIN, async (ground) => {
    if (only !== 'dispatch') await compare('match', await matching(ground))
    if (only !== 'match') await compare('dispatch', dispatching(ground))
  })
} finally {
  await topics.close()
}

async function matching(ground: Ground): Promise<Measure> {
  const topic = await topics.of(ground, 'json')
  const actions = actionsOf({ rules: 10, share: 'sparse' })
  return (main, name) => readWithBellhop(topic, { main, prefix: ground.prefix(name), actions })
}

function dispatching(ground: Ground): Measure {
  const sick = Math.round(webhooks / 100)
  const load = { webhooks, messages: 10, hanging: sick, gone: sick }
  return async (main, name) => {
    const run = {
      name,
      limitMs: 120_000,
      start: (work: Work) => startDispatching(main, work),
    }
    const { elapsedMs, usage } = await runDispatch(ground, load, run)
    return { elapsedMs, cpuSeconds: usage?.cpuSeconds ?? Number.NaN }
  }
}

/** Alternating, so that whatever else the machine does falls on both. */
async function compare(load: string, measure: Measure): Promise<void> {
  const [earlier, now]: [Used[], Used[]] = [[], []]
  for (let round = 0; round < rounds; round += 1) {
    earlier.push(await measure(before ?? MAIN, `${load}-before`))
    now.push(await measure(MAIN, `${load}-now`))
  }
  console.log(`${load}, ${rounds} runs each       median (least to most)`)
  print('time', 's', { earlier, now }, ({ elapsedMs }) => elapsedMs / 1_000)
  print('CPU', 's', { earlier, now }, ({ cpuSeconds }) => cpuSeconds)
}

function print(
  what: string,
  unit: string,
  { earlier, now }: { earlier: readonly Used[]; now: readonly Used[] },
  of: (used: Used) => number,
): void {
  const [was, is] = [earlier.map(of), now.map(of)]
  const ratio = percentile(is, 0.5) / percentile(was, 0.5)
  console.log(
    `  ${what.padEnd(5)} before ${spread(was, unit)}   now ${spread(is, unit)}   now / before ${ratio.toFixed(3)}`,
  )
}

function spread(figures: readonly number[], unit: string): string {
  const [least, most] = [Math.min(...figures), Math.max(...figures)]
  return `${percentile(figures, 0.5).toFixed(2)} ${unit} (${least.toFixed(2)} to ${most.toFixed(2)})`
}
