import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createTestMetrics } from '../observe/support/test-metrics.ts'
import { PROJECT_ROOT } from '../support/processes.ts'
import { knownSeries, metricsIn, PROMETHEUS_DIR, readAlerts, readAlertTests } from './support/deployed.ts'
import { isInstalled, promtool } from './support/prometheus-tools.ts'

const alerts = await readAlerts()
const tests = await readAlertTests()
const runbook = await readFile(`${PROJECT_ROOT}/docs/runbook.md`, 'utf8')

const hasPromtool = isInstalled('promtool', 'alerts and metrics are not checked by promtool')

describe.skipIf(!hasPromtool)('promtool', () => {
  it('finds the rules and the configuration valid', async () => {
    const { code, output } = await promtool(['check', 'config', `${PROMETHEUS_DIR}/prometheus.yml`])

    expect(output).toContain(`SUCCESS: ${alerts.length} rules found`)
    expect(code).toBe(0)
  })

  it('sees every alert fire and stay silent as its tests say', async () => {
    const { code, output } = await promtool(['test', 'rules', `${PROMETHEUS_DIR}/alerts_test.yaml`])

    expect(output).toContain('SUCCESS')
    expect(code).toBe(0)
  })

  it('has nothing to say against the metrics', async () => {
    const { metrics } = createTestMetrics()
    metrics.setRetention(60_000)
    metrics.stamp('lastSuccess', { destination: 'sales' })
    metrics.set('consumerLag', { stage: 'match', topic: 'analytics.events', partition: '0' }, 1)

    expect(await promtool(['check', 'metrics'], await metrics.render())).toEqual({ code: 0, output: '' })
  })

  it('would say so', async () => {
    const { code, output } = await promtool(['check', 'metrics'], '# TYPE a_total gauge\na_total 1\n')

    expect(output).toContain('a_total')
    expect(code).not.toBe(0)
  })
})

describe.each(alerts)('$alert', ({ alert, expr, labels, annotations }) => {
  it('has a test in which it fires, and one in which it does not', () => {
    const fires = tests
      .filter(({ alertname }) => alertname === alert)
      .map(({ exp_alerts = [] }) => exp_alerts.length > 0)

    expect(new Set(fires)).toEqual(new Set([true, false]))
  })

  it('has a section in the runbook, which says what it means, what to look at and what to do', () => {
    const [file, anchor] = annotations.runbook.split('#')
    const section = sections().get(anchor ?? '')

    expect(file).toBe('docs/runbook.md')
    expect(section?.split('\n', 1)[0]).toBe(`\`${alert}\`, ${labels.severity}`)
    for (const part of ['**What it means.**', '**Look at.**', '**Do.**']) expect(section).toContain(part)
  })

  it('asks for metrics that exist', () => {
    for (const name of metricsIn(expr)) expect(knownSeries()).toContain(name)
  })
})

it('there are no two of a name', () => {
  expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length)
})

it('the runbook has a section for each alert and for nothing else, in their order', () => {
  expect([...sections().keys()]).toEqual(alerts.map(({ annotations }) => annotations.runbook.split('#')[1]))
})

it('the runbook names metrics that exist', () => {
  const families = new Set([...knownSeries()].map((name) => name.replace(/_(bucket|sum|count)$/, '')))
  for (const name of metricsIn(runbook)) expect([...families, ...knownSeries()]).toContain(name)
})

/** What stands under each second heading of the runbook, by its anchor. */
function sections(): Map<string, string> {
  const [, ...parts] = runbook.split(/^## /m)
  return new Map(
    parts.map((part) => {
      const [heading = '', ...lines] = part.split('\n')
      return [heading.toLowerCase().replaceAll(' ', '-'), lines.join('\n').trim()]
    }),
  )
}
