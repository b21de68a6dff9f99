/** Every query of the dashboard, and every alert, in a real Prometheus (Debian's) that scrapes a real `bellhop run`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useConfigFiles } from '../support/bellhop-config.ts'
import {
  createScene,
  eventFor,
  laneConfig,
  runBellhop,
  type Scene,
  webhookPath,
} from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'
import { metricsIn, PROMETHEUS_DIR, readAlerts, readDashboardQueries } from './support/deployed.ts'
import {
  isInstalled,
  type Prometheus,
  type Rule,
  type Sample,
  startPrometheus,
} from './support/prometheus-tools.ts'

const queries = await readDashboardQueries()
const alerts = await readAlerts()
/** What alerts ask for, those of Prometheus' own and of Node's too. */
const SELECTED = /\b(bellhop_\w+|up|process_start_time_seconds)(?:\{[^}]*\})?/g
const selectors = [...new Set(alerts.flatMap(({ expr }) => expr.match(SELECTED) ?? []))]

const isMissing = !isInstalled('prometheus', 'the dashboard and the alerts are not tried in a Prometheus')
const processes = useProcesses()
const configFile = useConfigFiles()
let scene: Scene
let prometheus: Prometheus
let answers: Map<string, Sample[]>
let rules: Rule[]

beforeAll(async () => {
  if (isMissing) return
  scene = await createScene('prometheus')
  scene.slack.setFault(webhookPath('limited'), { kind: 'rate_limited', retryAfterSeconds: 1 }, { times: 1 })
  scene.slack.setFault(webhookPath('refused'), { kind: 'answer', status: 400, body: 'invalid_payload' })
  scene.slack.setFault(webhookPath('gone'), { kind: 'gone', body: 'channel_not_found' })
  const bellhop = await runBellhop(processes, configFile(configuration()))
  prometheus = await startPrometheus(configFile(scraping(new URL(bellhop.http).host)))
  await eventually('bellhop is ready, as Prometheus sees it', async () => isOne('bellhop_ready'), {
    withinMs: 20_000,
  })
  const lanes = ['sales', 'sales', 'sales', 'sales', 'limited', 'limited', 'refused', 'gone', 'gone']
  await scene.produce(lanes.map((lane, nth) => ({ value: eventFor(lane, `${nth}`) })))
  // Which one has none, its own test says.
  await eventually('every query has data', hasAllData, { withinMs: 12_000, everyMs: 500 }).catch(() => null)
  answers = await answersTo([...queries.map(({ expr }) => asOfTest(expr)), ...selectors])
  rules = await prometheus.rules()
})
afterAll(async () => {
  await prometheus?.stop()
  await scene?.close()
})

function configuration(): string {
  const webhooks = { sales: {}, limited: {}, refused: {}, gone: {} }
  const config: object = JSON.parse(
    laneConfig(scene, { destinations: { ...webhooks, nowhere: { type: 'blackhole' } } }),
  )
  return JSON.stringify({ ...config, canary: { destination: 'nowhere', every: '5s' } })
}

function scraping(target: string): string {
  return JSON.stringify({
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [`${PROMETHEUS_DIR}/alerts.yaml`],
    scrape_configs: [{ job_name: 'bellhop', static_configs: [{ targets: [target] }] }],
  })
}

/** As Grafana fills the dashboard's variables in, with everything chosen. */
function asOfTest(expr: string): string {
  return expr.replaceAll('$__rate_interval', '15s').replaceAll(/\$(?:job|instance|destination)/g, '.*')
}

async function isOne(metric: string): Promise<boolean> {
  return (await prometheus.query(metric))[0]?.value === 1
}

async function hasAllData(): Promise<boolean> {
  const answered = await answersTo(queries.map(({ expr }) => asOfTest(expr)))
  return [...answered.values()].every(hasData) && (await isFiring('BellhopDeadLetters'))
}

async function isFiring(alert: string): Promise<boolean> {
  return (await prometheus.rules()).some(({ name, state }) => name === alert && state === 'firing')
}

async function answersTo(asked: readonly string[]): Promise<Map<string, Sample[]>> {
  return new Map(
    await Promise.all(
      asked.map(async (query): Promise<[string, Sample[]]> => [query, await prometheus.query(query)]),
    ),
  )
}

function hasData(samples: readonly Sample[]): boolean {
  return samples.some(({ value }) => !Number.isNaN(value))
}

describe.skipIf(isMissing)('the dashboard', () => {
  it.each(queries)('$title: $expr has data', ({ expr }) => {
    expect(answers.get(asOfTest(expr))?.filter(({ value }) => !Number.isNaN(value))).not.toEqual([])
  })

  it.each([
    ['Posts by outcome', 'outcome', ['sent', 'rate_limited', 'rejected', 'destination_down']],
    ['Delivered by destination', 'destination', ['sales', 'limited']],
    ['Dead letters by cause', 'cause', ['rejected', 'destination_down']],
    ['Breakers not closed', 'destination', ['gone']],
    ['Waits beyond the pace', 'reason', ['rate_limited']],
    ['Messages a post', 'destination', ['sales']],
    ['Pace used', 'destination', ['sales']],
  ])('%s tells what happened: %s of %j', (wanted, label, values) => {
    const { expr = '' } = queries.find(({ title }) => title === wanted) ?? {}
    const moved = answers.get(asOfTest(expr))?.filter(({ value }) => value > 0)
    expect(moved?.map(({ labels }) => labels[label])).toEqual(expect.arrayContaining(values))
  })
})

describe.skipIf(isMissing)('the alerts', () => {
  it('are evaluated without an error, each of them', () => {
    const told = rules.map(({ name, health, lastError = '' }) => `${name}: ${health} ${lastError}`)
    expect(told.toSorted()).toEqual(alerts.map(({ alert }) => `${alert}: ok `).toSorted())
  })

  it.each(selectors)('ask for what is there: %s', (selector) => {
    expect(answers.get(selector)).not.toEqual([])
  })

  it('fire where something is wrong, and nowhere else', () => {
    const states = new Map(rules.map(({ name, state }) => [name, state]))
    const quiet = [...states].filter(([, state]) => state === 'inactive').map(([name]) => name)

    expect(states.get('BellhopDeadLetters')).toBe('firing')
    expect(states.get('BellhopDestinationDown')).toBe('pending')
    expect(states.size - quiet.length).toBe(2)
  })

  it('name metrics in each of their selectors', () => {
    const named = new Set(selectors.flatMap((selector) => metricsIn(selector)))
    expect(named).toEqual(new Set(alerts.flatMap(({ expr }) => metricsIn(expr))))
  })
})
