import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { filesForTopic, starterFiles } from '../../src/author/init-config.ts'
import type { InitFiles } from '../../src/author/init-files.ts'
import { surveyEvents } from '../../src/author/init-survey.ts'
import { configurationSchema } from '../../src/author/json-schema.ts'
import { check } from '../../src/cli/check.ts'
import { test as runTests } from '../../src/cli/test.ts'
import type { AnalyticsEvent } from '../../src/event/event.ts'
import { compileTrigger } from '../../src/match/trigger/compile.ts'
import { captureIo } from '../cli/support/captured-io.ts'
import { configOf, loadText, writeFiles } from '../config/load-text.ts'

const isValid = new Ajv({ allowUnionTypes: true, strictRequired: false }).compile(configurationSchema())

const SOURCE = { brokers: 'localhost:9092', topic: 'analytics.events', registry: null }

function filesFor(events: readonly AnalyticsEvent[]): InitFiles {
  return filesForTopic(surveyEvents(events), SOURCE)
}

interface Verdict {
  check: number
  warnings: string
  test: number
  said: string
}

/** What `bellhop check` and `bellhop test` say of both files; an editor marks nothing in them either. */
async function judge({ config, tests }: InitFiles): Promise<Verdict> {
  expect([isValid(parse(config)), isValid.errors]).toEqual([true, null])
  const folder = writeFiles({ 'bellhop.yaml': config, 'bellhop_test.yaml': tests })
  const path = join(folder, 'bellhop.yaml')
  const [checked, tested] = [captureIo(), captureIo()]
  const checkCode = await check({ config: path }, checked)
  const testCode = await runTests({ config: path }, tested)
  const warnings = /\n(\d+ warnings?\n.*)$/s.exec(checked.out())?.[1] ?? ''
  return { check: checkCode, warnings, test: testCode, said: checked.err() + tested.out() + tested.err() }
}

const GOOD = {
  check: 0,
  test: 0,
  warnings: expect.stringMatching(/^1 warning\n.*SLACK_WEBHOOK_URL is not set/),
}

/** The actions of a written configuration, disabled ones enabled. */
async function actionsOf({ config }: InitFiles) {
  return configOf(await loadText(config, { secrets: 'optional' })).actions
}

const ORDER = {
  type: 'track',
  event: 'Order Completed',
  userId: 'u-774411',
  anonymousId: 'anon-99887766',
  messageId: 'msg-1',
  timestamp: '2025-11-03T10:00:00Z',
  context: { ip: '198.51.100.7', userAgent: 'Mozilla/5.0 secret' },
  properties: {
    total: 1234.56,
    currency: 'SEK',
    email: 'real.person@corp.example',
    coupon: 'SAVE-REAL',
    items: [{ sku: 'real-sku' }],
  },
}

describe('without a topic', () => {
  it('a starter with two actions and their tests', async () => {
    const files = starterFiles(SOURCE)
    expect(await judge(files)).toMatchObject(GOOD)
    expect((await actionsOf(files)).map(({ id, enabled }) => [id, enabled])).toEqual([
      ['order-completed', true],
      ['enterprise-signup', true],
    ])
  })
})

describe('from a topic', () => {
  it('an action for each call, most frequent first, all but one disabled, and a test that passes', async () => {
    const files = filesFor([
      ...Array(5).fill({ type: 'page', userId: 'u', properties: { path: '/x', title: 't' } }),
      ORDER,
      ORDER,
      ...Array(3).fill({ type: 'identify', userId: 'u', traits: { plan: 'pro', seats: 3 } }),
      { type: 'group', groupId: 'g', traits: { name: 'Corp' } },
    ])
    expect(await judge(files)).toMatchObject(GOOD)
    expect((await actionsOf(files)).map(({ id, enabled, trigger }) => [id, enabled, trigger])).toEqual([
      ['page', false, 'type = "page" and properties.path != null'],
      ['identify', false, 'type = "identify" and traits.plan != null'],
      ['order-completed', true, 'type = "track" and event = "Order Completed"'],
      ['group', false, 'type = "group" and traits.name != null'],
    ])
    expect(files.config).toContain('  # Order Completed: 2 of the 11 newest events\n')
    expect(files.config).toContain('  #   properties.total: number, always\n')
    expect((await actionsOf(files))[2]?.message).toBe(
      '*Order Completed*: {{ $.properties.email }}, total {{ $.properties.total | money: $.properties.currency }}, coupon {{ $.properties.coupon }}',
    )
  })

  it('each action of a busy call alone would be checked without a warning', async () => {
    const files = filesFor([{ type: 'identify', userId: 'u', traits: { plan: 'pro' } }])
    expect(await judge(files)).toMatchObject(GOOD)
  })

  it('how often a field occurs, and its kinds', () => {
    const { config } = filesFor([
      { type: 'track', event: 'A', properties: { a: 1, b: null, c: [1], d: { e: true } } },
      { type: 'track', event: 'A', properties: { a: 'x' } },
    ])
    for (const line of [
      'properties.a: number or text, always',
      'properties.b: null, in 1 of 2',
      'properties.c: list, in 1 of 2',
      'properties.d.e: true or false, in 1 of 2',
    ]) {
      expect(config).toContain(`  #   ${line}\n`)
    }
  })

  it('no value of the events is in the files, and no field that may be one', () => {
    const { config, tests } = filesFor([
      {
        ...ORDER,
        properties: {
          ...ORDER.properties,
          'real.person@corp.example': 1,
          u774411: 2,
          deep: { 'a b': { c: 'REAL' } },
        },
      },
    ])
    for (const value of [
      '774411',
      '99887766',
      'msg-1',
      '198.51',
      'Mozilla',
      '1234.56',
      'SEK',
      'real',
      'REAL',
      '2025-11-03',
    ]) {
      expect(config + tests).not.toContain(value)
    }
    expect(parse(tests).tests[0].event).toEqual({
      type: 'track',
      event: 'Order Completed',
      userId: 'user-1',
      anonymousId: 'anonymous-1',
      messageId: 'message-1',
      timestamp: '2026-01-31T08:00:00Z',
      context: { ip: '203.0.113.1', userAgent: 'some user agent' },
      properties: {
        total: 42.5,
        currency: 'USD',
        email: 'ada@example.com',
        coupon: 'some coupon',
        items: [{ sku: 'some sku' }],
        deep: { 'a b': { c: 'some c' } },
      },
    })
  })

  it('a long that Avro had is a number', async () => {
    const files = filesFor([{ type: 'track', event: 'A', properties: { big: 9_007_199_254_740_993n } }])
    expect(await judge(files)).toMatchObject(GOOD)
    expect(files.config).toContain('properties.big: number, always')
    expect(parse(files.tests).tests[0].event.properties).toEqual({ big: 1_769_846_400_000 })
  })

  it('names that hold an address or a long number are left out, which is said', () => {
    const { config } = filesFor([
      { type: 'track', event: 'Mail to ada@corp.example' },
      { type: 'track', event: 'Order 123456 paid' },
      { type: 'track', event: 'Paid' },
    ])
    expect(config).not.toMatch(/corp\.example|123456/)
    expect(config).toContain('# 2 further names are left out')
  })

  it('records that are no events of the spec: a commented map with guesses, and the starter', async () => {
    const files = filesFor([{ eventName: 'paid', customer: { user_id: 'REAL' }, payload: { a: 1 }, ts: 3 }])
    expect(await judge(files)).toMatchObject(GOOD)
    expect(files.config).toContain(`      # map:
      #   event: $.eventName
      #   userId: $.customer.user_id
      #   timestamp: $.ts
      #   properties: $.payload
`)
    const mapped = files.config.replaceAll(/^( {6})# (map:| {2}\w+: \$)/gm, '$1$2')
    expect((await loadText(mapped, { secrets: 'optional' })).kind).toBe('loaded')
  })

  it('an integrations object that keeps the event from us is not in the test', async () => {
    expect(await judge(filesFor([{ ...ORDER, integrations: { All: false } }]))).toMatchObject(GOOD)
  })
})

const HOSTILE_NAMES = [
  `It's "both"`,
  `'`,
  `"`,
  `"'*?[a-z]\\`,
  '{{ $.userId }}',
  '{% if %}',
  '}}',
  '# no comment',
  ': colon: ',
  '- dash',
  '> fold',
  '  spaces around  ',
  'two  spaces',
  'line\nbreak',
  'tab\there',
  'nul\u0000',
  'bell\u0007',
  '\u2028',
  '\u202eevil',
  '\u0085',
  '\ufeff',
  'Käufer',
  '購入',
  '🎉 done',
  '<!channel>',
  '*bold*',
  '$.x',
  '${HOME}',
  'null',
  'true',
  '123',
  '~',
  '__proto__',
  'constructor',
  'a'.repeat(200),
  '\\',
  'x\\',
  '%',
  '@',
  '`',
  '&a',
  '!tag',
  '|',
]

describe('any name', () => {
  it.each(HOSTILE_NAMES)('%j is matched by its own trigger, and the files are right', async (name) => {
    const event = { type: 'track', event: name, userId: 'u', properties: { plan: 'x' } }
    const files = filesFor([event])
    const verdict = await judge(files)
    expect(verdict).toMatchObject(GOOD)
    const [action] = await actionsOf(files)
    const matches = compileTrigger(action?.trigger ?? '')
    expect(matches(event)).toBe(true)
    expect(matches({ ...event, event: `${name}x` })).toBe(false)
  })

  it('holds for names, fields and values that no one thought of', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(...HOSTILE_NAMES),
    )
    const value = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' })
    const event = fc.record(
      {
        type: fc.constantFrom('track', 'track', 'identify', 'page', 'other'),
        event: text,
        userId: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
        properties: fc.oneof(fc.dictionary(text, value), value),
        traits: fc.dictionary(text, value),
      },
      { requiredKeys: ['type'] },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 6 }), async (events) => {
        const read: AnalyticsEvent[] = JSON.parse(JSON.stringify(events))
        const files = filesFor(read)
        const verdict = await judge(files)
        expect([verdict.said, verdict.check, verdict.test]).toEqual([verdict.said, 0, 0])
        const loaded = await actionsOf(files)
        const calls = surveyEvents(read).calls
        for (const [index, call] of calls.entries()) {
          expect(compileTrigger(loaded[index]?.trigger ?? '')(call.sample)).toBe(true)
        }
      }),
      { numRuns: 50 },
    )
  })
})
