/** One sample of Prometheus' text format. */
export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

export interface Exposition {
  types: Map<string, string>
  help: Map<string, string>
  samples: Sample[]
  /** The one sample with this name and exactly these labels; null where there is none. */
  value(name: string, labels?: Record<string, string>): number | null
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/y

/**
 * Reads the text format strictly (https://prometheus.io/docs/instrumenting/exposition_formats/): throws where a
 * line is none of the format's, or a series stands there twice.
 */
export function parseExposition(text: string): Exposition {
  const types = new Map<string, string>()
  const help = new Map<string, string>()
  const samples = new Map<string, Sample>()
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    if (kind !== undefined) {
      const into = kind === 'HELP' ? help : types
      if (into.has(name)) throw new Error(`${kind} of ${name} stands there twice`)
      into.set(name, rest)
      continue
    }
    const sample = parseSample(line)
    const key = seriesKey(sample.name, sample.labels)
    if (samples.has(key)) throw new Error(`the series ${key} stands there twice`)
    samples.set(key, sample)
  }
  return {
    types,
    help,
    samples: [...samples.values()],
    value: (name, labels = {}) => samples.get(seriesKey(name, labels))?.value ?? null,
  }
}

function parseSample(line: string): Sample {
  const [, name, labelText = '', value = ''] = SAMPLE.exec(line) ?? []
  if (name === undefined) throw new Error(`not a sample: ${line}`)
  return {
    name,
    labels: parseLabels(labelText),
    value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value),
  }
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length) {
    const [, name, value = ''] = LABEL.exec(text) ?? []
    if (name === undefined) throw new Error(`not labels: ${text}`)
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
  }
  return labels
}

function seriesKey(name: string, labels: Record<string, string>): string {
  return JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))])
}
