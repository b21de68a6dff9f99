import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { createExposition } from '../../src/observe/exposition.ts'

const ODD = 'a"b\\c\nd{}'

/** A registry with a metric of each kind, and what writes it. */
function createRegistry() {
  const registry = new Registry()
  const registers = [registry]
  const counter = new Counter({ name: 'c_total', help: `A ${ODD}.`, labelNames: ['of', 'to'], registers })
  const gauge = new Gauge({ name: 'g', help: 'A gauge.', registers })
  const labelled = new Gauge({ name: 'l', help: 'A labelled gauge.', labelNames: ['of'], registers })
  const histogram = new Histogram({ name: 'h', help: 'A histogram.', buckets: [1, 2], registers })
  return {
    ...{ registry, counter, gauge, labelled, histogram },
    render: createExposition(registry, [counter, gauge, labelled]),
  }
}

/** One metric is one block; in which order they stand says nothing. */
function blocks(text: string): string[] {
  expect(text.endsWith('\n')).toBe(true)
  return text.trimEnd().split('\n\n').toSorted()
}

it('is what prom-client itself writes, at first and after every change', async () => {
  const { registry, counter, gauge, labelled, histogram, render } = createRegistry()
  const same = async (): Promise<void> =>
    expect(blocks(await render())).toEqual(blocks(await registry.metrics()))
  await same()
  counter.inc({ of: ODD, to: 'b' }, 0)
  counter.inc({ of: 'a' }, 1.5)
  gauge.set(-1e-9)
  labelled.set({ of: 'a' }, 1e21)
  histogram.observe(1.5)
  await same()
  counter.inc({ of: ODD, to: 'b' }, 3)
  labelled.set({ of: 'a' }, 2)
  labelled.set({ of: ODD }, 3)
  await same()
  counter.remove({ of: 'a' })
  labelled.reset()
  await same()
  counter.inc({ of: 'a' }, 7)
  await same()
})

it('has the metrics too that the registry gathers by itself, each once', async () => {
  const { registry, render } = createRegistry()
  collectDefaultMetrics({ register: registry })
  const text = await render()
  for (const { name } of registry.getMetricsAsArray()) {
    expect(text.split('\n').filter((line) => line.startsWith(`# TYPE ${name} `))).toHaveLength(1)
  }
})
