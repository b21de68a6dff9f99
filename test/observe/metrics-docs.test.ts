import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { renderMetricsDocs } from '../../scripts/generate-metrics-docs.ts'
import { LABELS } from '../../src/observe/definitions/labels.ts'
import { METRICS, type MetricDefinition } from '../../src/observe/metric-definitions.ts'

const definitions = Object.values<MetricDefinition>(METRICS)

it('docs/metrics.md is what scripts/generate-metrics-docs.ts gives', async () => {
  const written = await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
  expect(written).toBe(renderMetricsDocs())
})

describe('the page', () => {
  const page = renderMetricsDocs()
  const queries = page.split('\n').filter((line) => line.startsWith('    '))

  it.each(definitions)('has a row for $name that no text breaks', ({ name, help }) => {
    expect(page.split('\n').filter((line) => line.startsWith(`| \`${name}\``))).toHaveLength(1)
    expect(help).not.toMatch(/[|\n`]/)
  })

  it('explains every label', () => {
    for (const label of Object.keys(LABELS)) expect(page).toContain(`| \`${label}\` |`)
  })

  it('has some twenty queries', () => {
    expect(queries).toHaveLength(21)
  })

  it.each(queries)('asks only for metrics and labels that exist: %s', (query) => {
    const series = definitions.flatMap(({ name, type }) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    )
    const asked = query.match(/bellhop_\w+/g) ?? []
    expect(asked.length).toBeGreaterThan(0)
    for (const name of asked) expect(series).toContain(name)
    const labels = [...query.matchAll(/by \(([^)]*)\)|\{(\w+)=/g)].flatMap(([, by = '', matcher = '']) =>
      [...by.split(', '), matcher].filter((label) => label !== '' && label !== 'le'),
    )
    for (const label of labels) {
      expect(definitions.filter(({ name }) => query.includes(name)).flatMap((each) => each.labels)).toContain(
        label,
      )
    }
  })
})
