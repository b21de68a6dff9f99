import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CONFIGURATION_DOC, withOptions } from '../../../scripts/generate-docs.ts'
import { expandVariables } from '../../../src/config/expand.ts'
import { optionDocAt, optionNamesAt, SECTIONS } from '../../../src/config/spec/config-spec.ts'
import { nodeAt, toPlain } from '../../../src/config/tree.ts'
import { parseSource } from '../../../src/config/yaml-source.ts'

const OPTIONS = SECTIONS.flatMap(({ title, options }) =>
  options.map((option) => [`${title}.${option.name}`, option] as const),
)

describe('the specification', () => {
  it.each(OPTIONS)('describes %s in sentences', (_, { doc }) => {
    expect(doc.description).toMatch(/^[A-Z`].*\.$/)
    expect(doc.type).not.toBe('')
  })

  it.each(OPTIONS)('gives an example of %s that is right', async (_, { name, doc, schema }) => {
    const { root, findings } = parseSource({ file: 'example.yaml', text: `${name}: ${doc.example}\n` })
    expect(findings).toEqual([])
    if (root === null) throw new Error('no map')
    const expanded = await expandVariables(root, { env: {}, secrets: 'optional' })
    const node = nodeAt(expanded.root, [name])
    expect(schema.safeParse(node === undefined ? undefined : toPlain(node))).toMatchObject({ success: true })
  })

  it.each(
    OPTIONS.filter(([, { doc }]) => doc.default !== undefined),
  )('gives %s a default that is right', (_, { doc, schema }) => {
    expect(schema.safeParse(doc.default)).toEqual(schema.safeParse(undefined))
    expect(schema.safeParse(doc.default).success).toBe(true)
  })

  it('marks all that is secret', () => {
    const secrets = OPTIONS.filter(([, { doc }]) => doc.secret === true).map(([path]) => path)
    expect(secrets).toEqual([
      'kafka.tls.key',
      'kafka.sasl.username',
      'kafka.sasl.password',
      'registry.url',
      'registry.username',
      'registry.password',
      'destinations.<id>.webhook_url',
      'destinations.<id>.token',
      'destinations.<id>.tls.key',
      'actions[].webhook_url',
      '.http_token',
    ])
  })

  it('finds options by their path in a configuration', () => {
    expect(optionDocAt(['destinations', 'rate', 'token'])?.secret).toBe(true)
    expect(optionDocAt(['actions', 3, 'trigger'])?.verbatim).toBe(true)
    expect(optionDocAt(['kafka', 'brokers', 0])?.type).toBe('host:port, or a list of them')
    expect(optionDocAt(['destinations', 'token'])).toBeUndefined()
    expect(optionNamesAt(['destinations', 'sales', 'coalesce'])).toEqual(['max_messages', 'max_chars'])
    expect(optionNamesAt([])).toEqual([
      'kafka',
      'registry',
      'slack',
      'destinations',
      'actions',
      'canary',
      'notify',
      'integration_names',
      'http',
      'http_token',
    ])
  })
})

it('docs/configuration.md is up to date: if not, run `node scripts/generate-docs.ts`', () => {
  const document = readFileSync(CONFIGURATION_DOC, 'utf8')
  expect(withOptions(document)).toBe(document)
})
