import type { Counter, Gauge, MetricValue, Registry } from 'prom-client'

/**
 * Prometheus' text format of a whole registry, as the registry itself would write it but for a third of the time:
 * prom-client escapes and joins every label of every series at each scrape, though most series are there for good and
 * few have moved since the last one. Here a series' text up to its value is kept for as long as prom-client keeps the
 * series, and the text of a metric of which nothing has moved is kept whole.
 */
export function createExposition(
  registry: Registry,
  plain: readonly (Counter | Gauge)[],
): () => Promise<string> {
  const writers = plain.map(createWriter)
  const isPlain = new Set<string>()
  return async () => {
    const own = await Promise.all(writers.map((write) => write(isPlain)))
    const others = registry.getMetricsAsArray().filter(({ name }) => !isPlain.has(name))
    const rest = await Promise.all(others.map(({ name }) => registry.getSingleMetricAsString(name)))
    return `${[...own, ...rest].join('\n\n')}\n`
  }
}

/** Writes one metric, and tells its name. */
function createWriter(metric: Counter | Gauge): (names: Set<string>) => Promise<string> {
  const beginnings = new WeakMap<object, string>()
  let text: string | null = null
  let written: { labels: object; value: number }[] = []

  const beginningOf = (name: string, labels: object): string => {
    const known = beginnings.get(labels)
    if (known !== undefined) return known
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeValue(String(value))}"`)
    const made = pairs.length === 0 ? `${name} ` : `${name}{${pairs.join(',')}} `
    beginnings.set(labels, made)
    return made
  }

  /** What prom-client gives is its own and changes under our hands, so the numbers are kept apart. */
  const isAsWritten = (values: readonly MetricValue<string>[]): boolean =>
    values.length === written.length &&
    values.every(({ labels, value }, nth) => {
      const before = written[nth]
      return before?.labels === labels && before.value === value
    })

  return async (names) => {
    const { name, help, type, values } = await metric.get()
    names.add(name)
    if (text !== null && isAsWritten(values)) return text
    const lines = values.map(({ labels, value }) => beginningOf(name, labels) + value)
    text = [`# HELP ${name} ${escapeText(help)}`, `# TYPE ${name} ${type}`, ...lines].join('\n')
    written = values.map(({ labels, value }) => ({ labels, value }))
    return text
  }
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeValue(value: string): string {
  return escapeText(value).replaceAll('"', '\\"')
}
