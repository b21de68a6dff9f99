import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configPath, formatProblems, loadConfig } from '../../src/config/load.ts'
import { configOf, KAFKA, loadText, problemsOf, SALES, warningsOf, writeFiles } from './load-text.ts'

const DOCUMENTED = /```yaml\n(.*?)```/s.exec(
  readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8'),
)?.[1]

const ACTION = 'actions: [{ id: a, trigger: "true", message: hello }]\n'

describe('the example of docs/configuration.md', () => {
  const env = { SALES_WEBHOOK_URL: 'https://hooks.slack.com/services/T0/B0/x' }

  it('loads with every value that it says', async () => {
    const text = DOCUMENTED?.replace('/run/secrets/slack_token', 'slack_token') ?? ''
    const config = configOf(await loadText(text, { env, files: { slack_token: 'xoxb-1\n' } }))
    const { sales, alerts, nowhere } = Object.fromEntries(config.destinations)
    expect(config.kafka.brokers).toEqual(['localhost:9092'])
    expect(config.kafka.events).toEqual([
      { topic: 'analytics.events', format: 'json', map: null, start: { at: 'latest' } },
    ])
    expect(sales).toMatchObject({
      type: 'webhook',
      channel: null,
      appearance: {
        username: 'Customer.io Data Pipelines',
        iconUrl: 'https://example.com/icon.png',
        iconEmoji: null,
        unfurlLinks: false,
      },
    })
    expect(sales?.type === 'webhook' && sales.url.reveal()).toBe(env.SALES_WEBHOOK_URL)
    expect(alerts).toMatchObject({
      type: 'api',
      methodUrl: 'https://slack.com/api/chat.postMessage',
      channel: '#alerts',
      appearance: { username: null, iconUrl: null },
    })
    expect(alerts?.type === 'api' && alerts.token.reveal()).toBe('xoxb-1')
    expect(nowhere?.type).toBe('blackhole')
    expect(config.actions.map(({ id, destinations }) => [id, destinations])).toEqual([
      ['enterprise-signup', ['sales']],
      ['order-completed', ['sales']],
    ])
    expect(config.actions[1]).toMatchObject({
      trigger: 'type = "track" and event = "Order Completed"',
      message: '🎉 {{$.properties.name}} just completed an order for {{$.properties.total}}!',
      topics: null,
      channel: null,
      enabled: true,
    })
  })

  it('needs no secret where secrets are optional', async () => {
    const loaded = await loadText(DOCUMENTED ?? '', { secrets: 'optional' })
    expect(loaded.kind).toBe('loaded')
    expect(warningsOf(loaded)).toEqual([
      '8:18 the environment variable SALES_WEBHOOK_URL is not set',
      '12:12 cannot read /run/secrets/slack_token: there is no such file',
    ])
  })
})

describe('the text of a file', () => {
  const text = `${KAFKA}${SALES}`

  it.each([
    ['a byte order mark', `\uFEFF${text}`],
    ['Windows line breaks', text.replaceAll('\n', '\r\n')],
    ['marks of a document', `---\n${text}...\n`],
  ])('may have %s', async (_, written) => {
    expect(problemsOf(await loadText(written))).toEqual([])
  })
})

describe('version', () => {
  const text = `kafka: { brokers: "\${BROKERS}", events: [orders] }\n${SALES}`
  const versionOf = async (written: string, brokers: string) => {
    return configOf(await loadText(written, { env: { BROKERS: brokers } })).version
  }

  it('is 12 hex digits that follow from the text alone', async () => {
    const version = await versionOf(text, 'a:1')
    expect(version).toMatch(/^[0-9a-f]{12}$/)
    expect(await versionOf(text, 'b:2')).toBe(version)
    expect(await versionOf(`${text}# comment\n`, 'a:1')).not.toBe(version)
  })
})

describe('configPath', () => {
  it.each([
    ['the option first', 'a.yaml', { BELLHOP_CONFIG: 'b.yaml' }, 'a.yaml'],
    ['then the variable', undefined, { BELLHOP_CONFIG: 'b.yaml' }, 'b.yaml'],
    ['then bellhop.yaml', undefined, {}, 'bellhop.yaml'],
    ['an empty variable is none', undefined, { BELLHOP_CONFIG: '' }, 'bellhop.yaml'],
  ])('takes %s', (_, option, env, expected) => {
    expect(configPath(option, env)).toBe(expected)
  })
})

describe('a folder', () => {
  const load = (folder: string) => loadConfig(folder, { env: {}, secrets: 'required' })

  it('is one configuration: sections by option, lists appended, other files left alone', async () => {
    const folder = writeFiles({
      '10-kafka.yaml': 'kafka: { brokers: "a:1" }\nslack: { rate: off }\n',
      '20-events.yml': `kafka: { events: [orders] }\n${SALES}${ACTION}`,
      '30-more.yaml': `kafka: { events: [signups] }\nslack: { lane_limit: 5 }\n${ACTION.replace('id: a', 'id: b')}`,
      '40-more_test.yaml': 'not: [a, configuration\n',
      '.hidden.yaml': 'nor: this\n',
      'notes.txt': 'nor: this\n',
    })
    const config = configOf(await load(folder))
    expect(config.kafka.events.map(({ topic }) => topic)).toEqual(['orders', 'signups'])
    expect(config.actions.map(({ id }) => id)).toEqual(['a', 'b'])
    expect(config.destinations.get('sales')?.policy).toMatchObject({ intervalMs: null, laneLimit: 5 })
  })

  it('names both places of what stands in two files', async () => {
    const folder = writeFiles({
      'a.yaml': `${KAFKA}${SALES}${ACTION}`,
      'b.yaml': `${SALES}kafka: { prefix: x }\nhttp: "127.0.0.1:1"\n${ACTION}`,
      'c.yaml': 'http: "127.0.0.1:2"\n',
    })
    const loaded = await load(folder)
    const problems = loaded.kind === 'invalid' ? loaded.problems : []
    const place = (file: string, line: number) => `${join(folder, file)}, line ${line}`
    expect(problems.map(({ file, line, column, message }) => [file, line, column, message])).toEqual([
      [join(folder, 'b.yaml'), 1, 17, `this stands in ${place('a.yaml', 2)} already`],
      [
        join(folder, 'b.yaml'),
        4,
        17,
        `actions.a.id: another action has this id already, in ${place('a.yaml', 3)}`,
      ],
      [join(folder, 'c.yaml'), 1, 1, `this stands in ${place('b.yaml', 3)} already`],
    ])
  })

  it('resolves files beside the file that names them', async () => {
    const folder = writeFiles({
      'a.yaml': `${KAFKA}destinations: { x: { token: "\${file:token}", channel: c } }`,
      token: 'xoxb-1',
    })
    const destination = configOf(await load(folder)).destinations.get('x')
    expect(destination?.type === 'api' && destination.token.reveal()).toBe('xoxb-1')
  })

  it('without a configuration says so', async () => {
    const folder = writeFiles({ 'only_test.yaml': '' })
    const loaded = await load(folder)
    expect(loaded.kind === 'invalid' && formatProblems(loaded.problems)).toBe(
      `${folder}: cannot read the configuration: the folder holds no *.yaml file; name it with -c or $BELLHOP_CONFIG\n`,
    )
  })

  it('says every file that cannot be read', async () => {
    const folder = writeFiles({ 'a.yaml': Buffer.from([0xff, 0xfe, 0x00]), 'b.yaml': Buffer.from([0xc3]) })
    const loaded = await load(folder)
    expect(loaded.kind === 'invalid' && loaded.problems.map(({ message }) => message)).toEqual([
      'cannot read the configuration: it is not UTF-8 text',
      'cannot read the configuration: it is not UTF-8 text',
    ])
  })
})

it('a file that is not there is named', async () => {
  const loaded = await loadConfig('/nowhere/bellhop.yaml', { env: {}, secrets: 'required' })
  expect(loaded).toEqual({
    kind: 'invalid',
    problems: [
      {
        file: '/nowhere/bellhop.yaml',
        line: 0,
        column: 0,
        message: 'cannot read the configuration: there is no such file; name it with -c or $BELLHOP_CONFIG',
        excerpt: '',
      },
    ],
  })
})
