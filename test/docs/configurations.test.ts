import { describe, expect, it } from 'vitest'
import { loadText } from '../config/load-text.ts'
import { blocks, pages } from './support/markdown.ts'

/** Every YAML block that names a cluster is a whole configuration; files it names need not exist. */
const examples = pages().flatMap((page) =>
  blocks('yaml', page)
    .filter((text) => /^kafka:/m.test(text))
    .map((text, index) => ({ name: `${page.name}, configuration ${index + 1}`, text })),
)

/** Parts of a configuration: loaded with what they leave out. */
const parts = pages().flatMap((page) =>
  blocks('yaml', page)
    .filter((text) => /^actions:/m.test(text) && !/^kafka:/m.test(text))
    .map((text, index) => ({ name: `${page.name}, part ${index + 1}`, text })),
)

const REST = `kafka: { brokers: "localhost:9092", events: [analytics.events] }
destinations: { sales: { webhook_url: "\${SALES_WEBHOOK_URL}" } }
`

function placeholders(text: string): Record<string, string> {
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name)
  return Object.fromEntries(
    names.map((name) => [name, name.endsWith('URL') ? 'https://hooks.slack.com/services/T0/B0/x' : 'x']),
  )
}

async function problems(text: string): Promise<readonly string[]> {
  const loaded = await loadText(text, { env: placeholders(text), secrets: 'optional' })
  const found = loaded.kind === 'invalid' ? loaded.problems : loaded.warnings
  return found.map(({ message }) => message).filter((message) => !message.includes('/run/secrets/'))
}

describe('configurations in the docs', () => {
  it('are in README and wherever else docs show one whole', () => {
    const names = examples.map(({ name }) => name.split(',')[0])
    expect([...new Set(names)].sort()).toEqual([
      'README.md',
      'docs/authoring.md',
      'docs/avro.md',
      'docs/configuration.md',
      'docs/operations.md',
    ])
    expect(parts.length).toBeGreaterThan(0)
  })

  it.each(examples)('$name loads without an error or warning', async ({ text }) => {
    expect(await problems(text)).toEqual([])
  })

  it.each(parts)('$name loads with the rest of a configuration', async ({ text }) => {
    expect(await problems(REST + text)).toEqual([])
  })

  it('would not pass with a mistake', async () => {
    const [example] = examples
    expect(await problems((example?.text ?? '').replace('type = "track"', 'type == "track"'))).not.toEqual([])
  })
})
