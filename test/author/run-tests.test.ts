import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { actionsUnderTest, createTestRunner, type Mismatch } from '../../src/author/run-tests.ts'
import { DEFAULT_AT, type ExpectedMessage, type TestCase } from '../../src/author/test-cases.ts'
import { loadConfig } from '../../src/config/load.ts'
import { configOf, loadText, writeFiles } from '../config/load-text.ts'

const CONFIG = `
kafka:
  brokers: localhost:9092
  events: [orders]
destinations: { sales: { type: blackhole }, vip: { type: blackhole }, closed: { type: blackhole, enabled: false } }
actions:
  - { id: one, trigger: type = "track", message: "one {{ userId }}", destination: [sales, closed] }
  - { id: two, trigger: properties.total > 100, message: "two at {{ timestamp }} {{ \\"2025-12-31T23:00:00Z\\" | ago }}", destination: [sales, vip] }
  - { id: broken, trigger: properties.broken = true, message: "{{ nothing }}", destination: vip }
  - { id: off, enabled: false, trigger: "true", message: off, destination: vip }
`

const exact = (text: string): ExpectedMessage => ({ kind: 'exact', text })

async function mismatches(
  event: Record<string, unknown>,
  expected: Record<string, ExpectedMessage[]>,
): Promise<readonly Mismatch[]> {
  const test: TestCase = {
    name: 'x',
    place: { source: { file: 'x_test.yaml', text: '' }, offset: 0 },
    event,
    topic: 'orders',
    atMs: Date.parse(DEFAULT_AT),
    expected: new Map(Object.entries(expected)),
  }
  return createTestRunner(configOf(await loadText(CONFIG)))(test).mismatches
}

const one = { type: 'track', userId: 'u1' }
const both = { ...one, properties: { total: 101 } }
const TWO = exact('two at  1 h ago')

describe('a test', () => {
  it.each([
    ['where nothing is sent and nothing expected', { type: 'page' }, {}, []],
    ['where each message is as expected', both, { sales: [exact('one u1'), TWO], vip: [TWO] }, []],
    [
      'where each message contains what is expected',
      one,
      { sales: [{ kind: 'contains' as const, parts: ['one', 'u1'] }] },
      [],
    ],
  ])('passes %s', async (_, event, expected, found) => {
    expect(await mismatches(event, expected)).toEqual(found)
  })

  it.each<[string, Record<string, unknown>, Record<string, ExpectedMessage[]>, Mismatch[]]>([
    [
      'a text differs',
      one,
      { sales: [exact('one u2')] },
      [
        {
          kind: 'differs',
          destination: 'sales',
          nth: 1,
          expected: exact('one u2'),
          actual: { action: 'one', text: 'one u1' },
        },
      ],
    ],
    [
      'a text does not contain all parts',
      one,
      { sales: [{ kind: 'contains', parts: ['one', 'x'] }] },
      [
        {
          kind: 'differs',
          destination: 'sales',
          nth: 1,
          expected: { kind: 'contains', parts: ['one', 'x'] },
          actual: { action: 'one', text: 'one u1' },
        },
      ],
    ],
    [
      'a message is missing',
      one,
      { sales: [exact('one u1')], vip: [exact('a')] },
      [{ kind: 'missing', destination: 'vip', nth: 1, expected: exact('a') }],
    ],
    [
      'a destination that is disabled is to get one',
      one,
      { sales: [exact('one u1')], closed: [exact('one u1')] },
      [{ kind: 'missing', destination: 'closed', nth: 1, expected: exact('one u1') }],
    ],
    [
      'none was expected',
      one,
      {},
      [{ kind: 'unexpected', destination: 'sales', actual: { action: 'one', text: 'one u1' } }],
    ],
    [
      'the order is another',
      both,
      { sales: [TWO, exact('one u1')], vip: [TWO] },
      [
        { kind: 'missing', destination: 'sales', nth: 1, expected: TWO },
        {
          kind: 'unexpected',
          destination: 'sales',
          actual: { action: 'two', text: TWO.kind === 'exact' ? TWO.text : '' },
        },
      ],
    ],
    [
      'the first of two is missing in the test',
      both,
      { sales: [TWO], vip: [TWO] },
      [{ kind: 'unexpected', destination: 'sales', actual: { action: 'one', text: 'one u1' } }],
    ],
    [
      'a message comes out empty',
      { properties: { broken: true } },
      {},
      [{ kind: 'dead_letter', action: 'broken', cause: 'empty_message', detail: null }],
    ],
  ])('fails where %s', async (_, event, expected, found) => {
    expect(await mismatches(event, expected)).toEqual(found)
  })
})

it('gives the events of a topic in Avro as their schema decodes them, and mapped as the topic says', async () => {
  const config = configOf(
    await loadText(`
kafka:
  brokers: localhost:9092
  events: [{ topic: orders, format: avro, map: { event: $.name, userId: $.customer.id } }]
registry: { url: "http://localhost:8081" }
destinations: { sales: { type: blackhole } }
actions: [{ id: paid, trigger: type = "track" and event = "Paid", message: "{{ userId }}" }]
`),
  )
  const test: TestCase = {
    name: 'x',
    place: { source: { file: 'x_test.yaml', text: '' }, offset: 0 },
    event: { name: 'Paid', customer: { id: 7 } },
    topic: 'orders',
    atMs: 0,
    expected: new Map([['sales', [exact('7')]]]),
  }
  expect(createTestRunner(config)(test)).toEqual({ test, mismatches: [], fired: ['paid'] })
})

describe('the actions under test', () => {
  it('are those that some test makes send, whatever it expects; a file that cannot be read counts for nothing', async () => {
    const folder = writeFiles({
      'bellhop.yaml': CONFIG,
      'a_test.yaml': 'tests:\n  - { name: a, event: { type: track }, expect: none }\n  - { nam: b }\n',
      'b_test.yml': 'tests:\n  - { name: a, event: { properties: { broken: true } }, expect: none }\n',
      'c_test.yaml': 'tests: [',
      '.d_test.yaml': 'tests:\n  - { name: a, event: { properties: { total: 101 } }, expect: none }\n',
    })
    for (const path of [folder, join(folder, 'bellhop.yaml')]) {
      const config = configOf(await loadConfig(path, { env: {}, secrets: 'optional' }))
      expect(await actionsUnderTest(config, path)).toEqual(new Set(['one']))
    }
  })
})
