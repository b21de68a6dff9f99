import { describe, expect, it } from 'vitest'
import { METRICS } from '../../src/observe/metric-definitions.ts'
import {
  knownSeries,
  metricsIn,
  readAlerts,
  readDashboard,
  readDashboardQueries,
} from './support/deployed.ts'

const dashboard = await readDashboard()
const queries = await readDashboardQueries()
const panels = dashboard.panels.filter(({ type }) => type !== 'row')

/** The canary comes too seldom for a span that follows from how often is scraped. */
const ratesOfScrapes = queries.filter(({ expr }) => !expr.includes('canary_round_trip'))

describe.each(queries)('$title: $expr', ({ expr }) => {
  it('asks for metrics that exist, in the chosen group and processes', () => {
    for (const name of metricsIn(expr)) expect(knownSeries()).toContain(name)
    const selectors = expr.match(/\{[^}]*\}/g) ?? []
    expect(selectors.length).toBeGreaterThan(0)
    for (const selector of selectors) expect(selector).toContain('job=~"$job", instance=~"$instance"')
  })
})

it.each(ratesOfScrapes)('$title: takes the span of a rate from how often is scraped: $expr', ({ expr }) => {
  expect(expr).not.toMatch(/rate\([^[]*\[\d/)
})

it('goes through the flow from left to right, then delivery, lanes and processes', () => {
  const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)

  expect(rows).toEqual(['Flow, from left to right', 'Delivery', 'Lanes', 'Processes'])
  const first = panels.filter(({ gridPos }) => gridPos.y === 1)
  expect(first.map(({ gridPos }) => gridPos.x)).toEqual([0, 3, 6, 9, 12, 15, 18, 21])
})

it('has panels that do not overlap and stay within its 24 columns', () => {
  const taken = new Map<string, string>()
  for (const { title, gridPos } of dashboard.panels) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(taken.get(`${x} ${y}`) ?? title).toBe(title)
        taken.set(`${x} ${y}`, title)
      }
    }
  }
})

it('says of each panel what it shows, has each title and id once, and asks the chosen Prometheus', () => {
  expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
  const chosen = { type: 'prometheus', uid: '${datasource}' }
  for (const { description = '', datasource, targets = [] } of panels) {
    expect(description).toMatch(/\.$/)
    expect([datasource, ...targets.map((target) => target.datasource)]).toEqual(
      Array.from({ length: targets.length + 1 }, () => chosen),
    )
  }
})

it('has a variable for each that its queries use', () => {
  const used = queries.flatMap(({ expr }) => expr.match(/\$(?!__)\w+/g) ?? []).map((name) => name.slice(1))

  expect(dashboard.templating.list.map(({ name }) => name)).toEqual(
    expect.arrayContaining([...new Set(used)]),
  )
  for (const { definition = '' } of dashboard.templating.list) {
    for (const name of metricsIn(definition)) expect(knownSeries()).toContain(name)
  }
})

it('shows, with the alerts, every metric but those that say more of one that is shown', async () => {
  const asked = [...queries, ...(await readAlerts())].flatMap(({ expr }) => metricsIn(expr))
  const families = new Set(asked.map((name) => name.replace(/_(bucket|sum|count)$/, '')))
  const unseen = Object.values(METRICS).filter(({ name }) => !families.has(name))

  expect(unseen.map(({ name }) => name)).toEqual([
    'bellhop_messages_cut_total',
    'bellhop_records_committed_total',
    'bellhop_post_messages',
    'bellhop_breaker_changes_total',
    'bellhop_partition_failures_total',
    'bellhop_rewinds_total',
    'bellhop_claim_wait_seconds',
    'bellhop_consumer_crashes_total',
    'bellhop_canary_sent_total',
  ])
})

it('is of a format that Grafana 12 reads, under an id of its own', () => {
  expect(dashboard).toMatchObject({ uid: 'bellhop', schemaVersion: 41 })
})
