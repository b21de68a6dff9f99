/**
 * `npm run bench:match`: how fast the match stage reads a topic, exactly once and in one process, against a bare
 * kafkajs loop with the same fetch sizes that does nothing but parse each event, with JSON.parse or with avsc. Both
 * read the same topic, one after the other, in processes of their own; of the rounds the median counts. Ratios hold on
 * any machine, rates do not. The registry of the Avro rows is found as src/local/find-registry.ts says.
 *
 *   --events 1000000 --rounds 3 --only "1000 sparse avro" --main src/main.ts
 */
import { parseArgs } from 'node:util'
import { MAIN } from './support/bellhop-process.ts'
import { count, type Ground, onGround, percentile } from './support/bench.ts'
import type { EventsTopic } from './support/match-events.ts'
import { actionsOf, type BenchRules, SHARES } from './support/match-rules.ts'
import { type ReadThrough, readBare, readWithBellhop } from './support/match-runs.ts'
import { createMatchTopics } from './support/match-topics.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { events: text, rounds: text, only: text, main: text } })
const events = Number(values.events ?? 1_000_000)
const rounds = Number(values.rounds ?? 3)

const rows: BenchRules[] = [
  ...SHARES.flatMap((share) =>
    [1, 10, 100, 1_000].map((rules) => ({ rules, share, format: 'json' }) as const),
  ),
  ...[10, 1_000].map((rules) => ({ rules, share: 'sparse', format: 'avro' }) as const),
]
const chosen = rows.filter((row) => (values.only ?? nameOf(row)) === nameOf(row))
if (chosen.length === 0) {
  throw new Error(`--only wants one of ${rows.map((row) => `"${nameOf(row)}"`).join(', ')}`)
}

const topics = createMatchTopics(events)
try {
  await onGround(values.main ?? MAIN, async (ground) => {
    console.log(
      'rules                 bellhop      bare loop   ratio (each round)          CPU of one event, ratio',
    )
    const ratios = new Map<string, number>()
    for (const row of chosen) {
      const topic = await topics.of(ground, row.format)
      ratios.set(nameOf(row), printRow(nameOf(row), await measure(ground, topic, row)))
    }
    for (const kind of ['sparse', 'sparse avro']) printLoss(kind, ratios)
  })
} finally {
  await topics.close()
}

function nameOf({ rules, share, format }: BenchRules): string {
  return `${rules} ${share}${format === 'avro' ? ' avro' : ''}`
}

interface Round {
  bellhop: ReadThrough
  bare: ReadThrough
}

async function measure(ground: Ground, topic: EventsTopic, row: BenchRules): Promise<Round[]> {
  const measured: Round[] = []
  for (let round = 0; round < rounds; round += 1) {
    const name = `${topic.prefix}-${row.rules}-${row.share}-${round}`
    const bare = await readBare({ ...topic, groupId: `${name}-bare` })
    const bellhop = await readWithBellhop(topic, {
      main: ground.main,
      prefix: name,
      actions: actionsOf(row),
    })
    measured.push({ bellhop, bare })
  }
  return measured
}

/** Gives the median ratio. */
function printRow(name: string, measured: readonly Round[]): number {
  const ratios = measured.map(({ bellhop, bare }) => bare.elapsedMs / bellhop.elapsedMs)
  const ratio = median(ratios)
  const cpu = median(measured.map(({ bellhop }) => bellhop.cpuSeconds / events)) * 1e6
  const bareCpu = median(measured.map(({ bare }) => bare.cpuSeconds / events)) * 1e6
  const cells = [
    name.padEnd(16),
    rateOf(measured.map(({ bellhop }) => bellhop)),
    rateOf(measured.map(({ bare }) => bare)),
    `${ratio.toFixed(2)} (${ratios.map((each) => each.toFixed(2)).join(', ')})`.padEnd(26),
    `${cpu.toFixed(1)} against ${bareCpu.toFixed(1)} µs, ${(bareCpu / cpu).toFixed(2)}`,
  ]
  console.log(cells.join('  '))
  return ratio
}

function rateOf(readings: readonly ReadThrough[]): string {
  return `${count(events / (median(readings.map(({ elapsedMs }) => elapsedMs)) / 1_000))}/s`.padStart(11)
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

function printLoss(kind: string, ratios: ReadonlyMap<string, number>): void {
  const [many, few] = [ratios.get(`1000 ${kind}`), ratios.get(`10 ${kind}`)]
  if (many === undefined || few === undefined) return
  console.log(`from 10 to 1,000 rules, ${kind}: ${Math.round((1 - many / few) * 100)} % lost`)
}
