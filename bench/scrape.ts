/**
 * `npm run bench:scrape`: what one scrape of /metrics costs a process, whose event loop it keeps busy: the time to
 * gather and write all metrics, with every series in use, and their size. Beside it the same of a small configuration,
 * and the large one as a multiple of it; the two alternate. The CPU time, unlike the others, says the same on a machine
 * that has other things to do.
 *
 *   --actions 1000 --destinations 200 --scrapes 200 (of each run) --runs 5
 */
import { ATTEMPT_OUTCOMES } from '../src/core/outcome.ts'
import { createMetrics, type Metrics } from '../src/observe/metrics.ts'
import { count, percentile, readOptions } from './support/bench.ts'

const { numbers } = readOptions({ actions: 1_000, destinations: 200, scrapes: 200, runs: 5 })
const PARTITIONS = 12
const STAGES = [
  { stage: 'match', topic: 'analytics.events' },
  { stage: 'dispatch', topic: 'bellhop.dispatch' },
] as const

interface Size {
  actions: number
  destinations: number
}

interface Figures {
  medianMs: number
  p99Ms: number
  /** Of one scrape, on average. */
  cpuMs: number
  bytes: number
  series: number
}

const small = await prepare({ actions: 10, destinations: 2 })
const large = await prepare(numbers)
const runs: { small: Figures; large: Figures }[] = []
for (let run = 1; run <= numbers.runs; run += 1) {
  const figures = { small: await measure(small), large: await measure(large) }
  runs.push(figures)
  console.log(`run ${run}: ${tell('10 actions, 2 destinations', figures.small)}`)
  console.log(
    `       ${tell(`${count(numbers.actions)} actions, ${count(numbers.destinations)} destinations`, figures.large)}`,
  )
}
const ratios = runs.map((run) => run.large.cpuMs / run.small.cpuMs)
const medians = runs.map((run) => run.large.medianMs)
const p99s = runs.map((run) => run.large.p99Ms)
const cpus = runs.map((run) => run.large.cpuMs)
const [ratio, medianMs, p99Ms, cpuMs] = [ratios, medians, p99s, cpus].map((values) => percentile(values, 0.5))
console.log(
  `\nmedian of the runs: ${(medianMs ?? 0).toFixed(2)} ms, p99 ${(p99Ms ?? 0).toFixed(2)} ms (to stay under 20 ms); ` +
    `CPU ${(cpuMs ?? 0).toFixed(2)} ms, ${(ratio ?? 0).toFixed(1)} times that of the small one`,
)

async function prepare(size: Size): Promise<Metrics> {
  const ids = (kind: keyof Size): string[] => Array.from({ length: size[kind] }, (_, nth) => `${kind}-${nth}`)
  const [actions, destinations] = [ids('actions'), ids('destinations')]
  const metrics = createMetrics({
    version: '0.0.0',
    configVersion: '0123456789ab',
    actions,
    destinations,
    eventsTopics: ['analytics.events'],
    ownTopics: ['bellhop.dispatch', 'bellhop.receipts', 'bellhop.dead-letters'],
  })
  metrics.setRetention(14 * 86_400_000)
  metrics.setBacklogSource(() =>
    destinations.map((destination, nth) => ({
      destination,
      messages: nth,
      oldestAgeMs: nth,
      breaker: 'closed',
    })),
  )
  for (const place of STAGES) {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      metrics.set('consumerLag', { ...place, partition: String(partition) }, 1_234_567)
    }
  }
  for (const action of actions) metrics.count('matches', { action }, 1_234_567)
  for (const destination of destinations) use(metrics, destination)
  return metrics
}

/** As after a day's work. */
function use(metrics: Metrics, destination: string): void {
  for (const outcome of ATTEMPT_OUTCOMES) metrics.count('posts', { destination, outcome }, 86_400)
  metrics.count('messagesQueued', { destination }, 1_234_567)
  metrics.count('messagesDelivered', { destination }, 1_234_567)
  metrics.count('paceUsed', { destination }, 12_345.678901)
  metrics.stamp('lastSuccess', { destination })
}

async function measure(metrics: Metrics): Promise<Figures> {
  const times: number[] = []
  let text = ''
  const cpu = process.cpuUsage()
  for (let scrape = 0; scrape < numbers.scrapes; scrape += 1) {
    // Between two scrapes everything moves a little.
    use(metrics, 'destinations-0')
    const startedMs = performance.now()
    text = await metrics.render()
    times.push(performance.now() - startedMs)
  }
  const { user, system } = process.cpuUsage(cpu)
  return {
    cpuMs: (user + system) / 1_000 / numbers.scrapes,
    medianMs: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    bytes: Buffer.byteLength(text),
    series: text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length,
  }
}

function tell(what: string, { medianMs, p99Ms, cpuMs, bytes, series }: Figures): string {
  const size = `${count(series)} series, ${count(bytes / 1_000)} kB`
  return `${what}: median ${medianMs.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms, CPU ${cpuMs.toFixed(2)} ms; ${size}`
}
