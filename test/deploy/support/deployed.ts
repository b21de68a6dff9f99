/** What deploy/ asks of Prometheus. */
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { METRICS, type MetricDefinition } from '../../../src/observe/metric-definitions.ts'
import { PROJECT_ROOT } from '../../support/processes.ts'

export const PROMETHEUS_DIR = `${PROJECT_ROOT}/deploy/prometheus`
const GRAFANA_DIR = `${PROJECT_ROOT}/deploy/grafana`

const RULE_FILE = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning', 'info']) }),
          annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
})

const ALERT_TESTS = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z.array(
        z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()).optional() }),
      ),
    }),
  ),
})

const DATASOURCE = z.object({ type: z.string(), uid: z.string() })

const DASHBOARD = z.object({
  uid: z.string(),
  schemaVersion: z.number(),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.string(), definition: z.string().optional() })),
  }),
  panels: z.array(
    z.object({
      id: z.number(),
      type: z.string(),
      title: z.string(),
      description: z.string().optional(),
      datasource: DATASOURCE.optional(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z
        .array(z.object({ expr: z.string(), legendFormat: z.string(), datasource: DATASOURCE }))
        .optional(),
    }),
  ),
})

export async function readAlerts() {
  const file = RULE_FILE.parse(parse(await readFile(`${PROMETHEUS_DIR}/alerts.yaml`, 'utf8')))
  return file.groups.flatMap(({ rules }) => rules)
}

export async function readAlertTests() {
  const file = ALERT_TESTS.parse(parse(await readFile(`${PROMETHEUS_DIR}/alerts_test.yaml`, 'utf8')))
  return file.tests.flatMap(({ alert_rule_test }) => alert_rule_test)
}

export async function readDashboard() {
  return DASHBOARD.parse(JSON.parse(await readFile(`${GRAFANA_DIR}/bellhop.json`, 'utf8')))
}

export async function readDashboardQueries(): Promise<{ title: string; expr: string }[]> {
  const { panels } = await readDashboard()
  return panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })))
}

/** Names of bellhop's own metrics in a query. */
export function metricsIn(query: string): string[] {
  return query.match(/bellhop_\w+/g) ?? []
}

/** Every series' name that the closed list gives. */
export function knownSeries(): Set<string> {
  return new Set(
    Object.values<MetricDefinition>(METRICS).flatMap(({ name, type }) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  )
}
