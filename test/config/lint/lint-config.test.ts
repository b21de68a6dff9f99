import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lintConfig } from '../../../src/config/lint/lint-config.ts'
import { LINT_RULES } from '../../../src/config/lint/rules.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { KAFKA, writeFiles } from '../load-text.ts'

interface Found {
  place: string
  rule: string
  message: string
}

/** What is warned of; all actions but `untested` have a test. */
async function lint(text: string, untested: string | null = null): Promise<Found[]> {
  const folder = writeFiles({ 'bellhop.yaml': text })
  const surroundings = { env: {}, secrets: 'optional' } as const
  const loaded = await loadConfig(join(folder, 'bellhop.yaml'), surroundings, async (config, report) => {
    const tested = new Set(config.actions.map(({ id }) => id).filter((id) => id !== untested))
    lintConfig({ config, report, tested })
  })
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(({ message }) => message).join('; '))
  return loaded.warnings.map(({ line, column, rule, message }) => {
    return { place: `${line}:${column}`, rule: rule ?? 'none', message }
  })
}

const rulesOf = (found: readonly Found[]) => found.map(({ rule }) => rule)

const DESTINATIONS = 'destinations: { sales: { type: blackhole }, ops: { type: blackhole } }\n'
/** Nothing to complain of. */
const WELL = 'why: "https://x.example", owner: me'
const TRIGGER = 'type = "track" and event = "Order"'

interface ActionText {
  trigger?: string
  message?: string
  more?: string
  id?: string
}

function action({ trigger = TRIGGER, message = 'hi', more = WELL, id = 'a' }: ActionText): string {
  return `  - { id: ${id}, trigger: '${trigger}', message: '${message}', destination: sales, ${more} }\n`
}

const withActions = (...actions: readonly ActionText[]) =>
  `${KAFKA}${DESTINATIONS}actions:\n${actions.map(action).join('')}`

describe('a trigger', () => {
  it.each([
    ['every identify', 'type = "identify"', ['busy-call']],
    ['every page, by two names', 'type = "page" and event in ["a", "b"]', ['busy-call']],
    ['every screen or one event', 'type in ["screen", "track"] and event != "x"', ['busy-call']],
    ['every page, by a pattern', '$.type = "page" and match(event, "a*")', ['busy-call']],
    ['every track', 'type = "track"', ['busy-call']],
    ['every page, or one event', 'type = "page" or event = "Order"', ['busy-call']],
    ['every track, or some pages', 'type = "track" or type = "page" and name = "Pricing"', ['busy-call']],
    ['one event or some pages', 'event = "Order" or type = "page" and name = "Pricing"', []],
    ['one event', 'type = "track" and event = "Order"', []],
    ['events by a pattern', 'type = "track" and match(event, "Order *")', []],
    ['some identify calls', 'type = "identify" and traits.plan = "pro"', []],
    ['some page calls, by what is not type or event', 'type = "page" and $..plan = "pro"', []],
    ['pages by name', 'type = "page" and name = "Pricing"', []],
    ['groups', 'type = "group"', []],
    ['one event of any type', 'event = "Order"', []],
    ['whatever there is', 'true', ['no-anchor']],
    ['anything but a type', '!(type = "identify")', ['no-anchor']],
    ['one event or anything on a plan', 'event = "Order" or !(traits.plan = "free")', ['no-anchor']],
    ['nothing at all', 'false', []],
    ['a malformed pattern', 'type = "track" and match(event, "[a")', ['malformed-glob']],
    ['TRUE', 'event = "Order" and properties.gift = TRUE', ['keyword-as-field']],
  ])('that lets through %s', async (_, trigger, rules) => {
    expect(rulesOf(await lint(withActions({ trigger })))).toEqual(rules)
  })
})

describe('a message', () => {
  it.each([
    ['has no link', 'hi', 'owner: me', ['no-link']],
    ['has an address', 'see https://x.example', 'owner: me', []],
    ['makes a link of data', '{{ $.url | link: "x" }}', 'owner: me', []],
    ['has a link below', 'hi', 'owner: me, links: { A: "{{ $.url }}" }', []],
    ['has a link in a field', 'hi', 'owner: me, fields: { A: "<https://x.example|x>" }', []],
    ['has no owner', 'https://x.example', 'why: w', ['no-owner']],
    ['has a next step', 'https://x.example', 'next_step: call', []],
    ['takes the owner away', 'https://x.example', 'owner: ""', ['no-owner']],
    ['is not escaped', '{{{ $.x }}}', WELL, ['raw-output']],
    ['has a part that is not escaped', 'hi', `${WELL}, fields: { A: "{{ $.x | raw }}" }`, ['raw-output']],
  ])('that %s', async (_, message, more, rules) => {
    expect(rulesOf(await lint(withActions({ message, more })))).toEqual(rules)
  })

  it("has what its destinations' defaults give it, at each of them", async () => {
    const withDefaults = (ops: string) => `${KAFKA}destinations:
  sales: { type: blackhole, defaults: { owner: all, links: { A: "https://x.example" } } }
  ops: { type: blackhole${ops} }
actions: [{ id: a, trigger: 'event = "x"', message: hi, destination: [sales, ops] }]
`
    expect(rulesOf(await lint(withDefaults('')))).toEqual(['no-link', 'no-owner'])
    expect(rulesOf(await lint(withDefaults(', enabled: false')))).toEqual([])
    expect(rulesOf(await lint(withDefaults(', defaults: { owner: me, why: "https://x.example" }')))).toEqual(
      [],
    )
  })

  it('is expected by a test, where it is sent anywhere', async () => {
    expect(rulesOf(await lint(withActions({}), 'a'))).toEqual(['no-test'])
    const nowhere = withActions({}).replace(
      'sales: { type: blackhole',
      'sales: { enabled: false, type: blackhole',
    )
    expect(rulesOf(await lint(nowhere, 'a'))).toEqual([])
    const text = withActions({})
    const folder = writeFiles({ 'bellhop.yaml': text })
    const unknown = await loadConfig(
      join(folder, 'bellhop.yaml'),
      { env: {}, secrets: 'optional' },
      async (config, report) => lintConfig({ config, report, tested: null }),
    )
    expect(unknown).toMatchObject({ kind: 'loaded', warnings: [] })
  })

  it.each([
    ['the same text', {}, ['same-text']],
    ['the same text but for white space around it', { message: ' hi ' }, ['same-text']],
    ['another text', { message: 'ho' }, []],
    ['another reason', { more: 'why: "https://y.example", owner: me' }, []],
    ['the same text to another destination', { more: `${WELL}, destination: ops` }, []],
    ['the same text to another channel', { more: `${WELL}, channel: "#x"` }, []],
    ['the same text, disabled', { more: `${WELL}, enabled: false` }, []],
  ])('beside another action that sends %s', async (_, change, rules) => {
    const text = withActions({}, { id: 'b', ...change }).replace(
      /destination: sales, (.*destination: ops)/,
      '$1',
    )
    expect(rulesOf(await lint(text))).toEqual(rules)
  })

  it('is named by the one that came first', async () => {
    expect(await lint(withActions({}, { id: 'b' }, { id: 'c' }))).toEqual([
      {
        place: '5:70',
        rule: 'same-text',
        message: expect.stringContaining('actions.b.message: sends the same text to sales as a:'),
      },
      {
        place: '6:70',
        rule: 'same-text',
        message: expect.stringContaining('actions.c.message: sends the same text to sales as a:'),
      },
    ])
  })
})

describe('a destination', () => {
  const many = (count: number, more = WELL) =>
    withActions(...Array.from({ length: count }, (_, nth) => ({ id: `a${nth}`, message: `m${nth}`, more })))

  it('is fed by ten actions at most', async () => {
    expect(await lint(many(10))).toEqual([])
    expect(await lint(many(11))).toEqual([
      {
        place: '2:24',
        rule: 'crowded-destination',
        message: expect.stringContaining('destinations.sales: is fed by 11 actions'),
      },
    ])
  })

  it.each([
    ['the actions are disabled', many(11, `${WELL}, enabled: false`)],
    [
      'it is disabled',
      many(11).replace('sales: { type: blackhole }', 'sales: { type: blackhole, enabled: false }'),
    ],
    [
      'it ignores that',
      many(11).replace(
        'sales: { type: blackhole }',
        'sales: { type: blackhole, ignore: crowded-destination }',
      ),
    ],
  ])('is not warned of where %s', async (_, text) => {
    expect(await lint(text)).toEqual([])
  })

  it("may be an action's own", async () => {
    const own = action({ id: 'own', message: 'x' }).replace(
      'destination: sales',
      'webhook_url: "https://hooks.slack.com/services/T0/B0/x"',
    )
    const text = many(11).replaceAll('destination: sales', 'destination: own') + own
    expect(rulesOf(await lint(text))).toEqual(['crowded-destination'])
    expect(rulesOf(await lint(text.replace('id: own,', 'id: own, ignore: [crowded-destination],')))).toEqual(
      [],
    )
  })

  it('is warned of defaults that are not escaped, and may ignore it', async () => {
    const withDefaults = (more: string) =>
      withActions({}).replace(
        'sales: { type: blackhole }',
        `sales: { type: blackhole, defaults: { why: "{{{ $.x }}}" }${more} }`,
      )
    expect(rulesOf(await lint(withDefaults('')))).toEqual(['raw-output'])
    expect(rulesOf(await lint(withDefaults(', ignore: [raw-output]')))).toEqual([])
  })
})

describe('ignore', () => {
  it.each([
    ['busy-call', { trigger: 'type = "page"' }],
    ['no-anchor', { trigger: 'true' }],
    ['malformed-glob', { trigger: 'event = "x" and match(event, "[a")' }],
    ['keyword-as-field', { trigger: 'event = "x" and properties.x = TRUE' }],
    ['raw-output', { message: '{{{ $.x }}}' }],
    ['no-link', { more: 'owner: me' }],
    ['no-owner', { more: 'why: "https://x.example"' }],
  ])('silences %s, and nothing else', async (rule, change: ActionText) => {
    const silenced = { ...change, more: `${change.more ?? WELL}, ignore: [${rule}]` }
    expect(rulesOf(await lint(withActions(change)))).toEqual([rule])
    expect(rulesOf(await lint(withActions(silenced)))).toEqual([])
    const all = rulesOf(
      await lint(withActions(silenced, { ...change, id: 'b', message: `{{ $.y }} ${change.message ?? ''}` })),
    )
    expect(all).toEqual([rule])
  })

  it.each([
    ['a list', '[no-link, no-owner]', ['4:142', '4:151']],
    ['one text', 'no-link', ['4:141']],
  ])('that silences nothing is a warning at its place: %s', async (_, ignore, places) => {
    const found = await lint(withActions({ more: `${WELL}, ignore: ${ignore}` }))
    expect(rulesOf(found)).toEqual(places.map(() => 'unused-ignore'))
    expect(found.map(({ place }) => place)).toEqual(places)
  })

  it('silences the warning in run, too, where there is no linter', async () => {
    const load = async (more: string) => {
      const text = withActions({ trigger: 'true', message: '{{{ $.x }}}', more })
      const folder = writeFiles({ 'bellhop.yaml': text })
      return loadConfig(join(folder, 'bellhop.yaml'), { env: {}, secrets: 'required' })
    }
    expect(await load('why: w')).toMatchObject({ warnings: [{ rule: 'raw-output' }] })
    expect(await load('ignore: [raw-output, no-link]')).toMatchObject({ warnings: [] })
  })
})

it('nothing is said of a disabled action', async () => {
  const bad = {
    trigger: 'properties.x = TRUE or match(event, "[")',
    message: '{{{ $.x }}}',
    more: 'ignore: [no-test]',
  }
  const found = await lint(withActions(bad), 'a')
  expect(new Set(rulesOf(found))).toEqual(
    new Set(['keyword-as-field', 'malformed-glob', 'raw-output', 'no-anchor', 'no-link', 'no-owner']),
  )
  expect(await lint(withActions({ ...bad, more: 'enabled: false, ignore: [no-test]' }), 'a')).toEqual([])
})

it('every rule is met somewhere above', async () => {
  const texts = [
    withActions(
      { trigger: 'type = "page"', more: 'ignore: [no-test, no-link]' },
      { id: 'b', trigger: 'true' },
      { id: 'c' },
    ),
    withActions({
      trigger: 'event = "x" and match(event, "[") and x = TRUE',
      message: '{{{ x }}}',
      more: 'why: w',
    }),
    withActions(...Array.from({ length: 11 }, (_, nth) => ({ id: `a${nth}` }))),
  ]
  const met = new Set((await Promise.all(texts.map((text) => lint(text, 'b')))).flatMap(rulesOf))
  expect([...met].sort()).toEqual([...LINT_RULES].sort())
})
