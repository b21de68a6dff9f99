import { describe, expect, it } from 'vitest'
import type { Action } from '../../src/config/config.ts'
import { formatProblems } from '../../src/config/load.ts'
import { actionWith, configOf, KAFKA, loadText, problemsOf, warningsOf } from './load-text.ts'

const ACTION = 'trigger: "true"\nmessage: hello\n'

async function actionsOf(text: string): Promise<readonly Action[]> {
  return configOf(await loadText(text)).actions
}

/** Two destinations, the first with defaults, and one action that goes to both. */
function twoDestinations(defaults: string, action: string): string {
  return `${KAFKA}destinations:
  sales: { type: blackhole, defaults: ${defaults} }
  ops: { type: blackhole }
actions:
  - { id: a, trigger: "true", message: hi, destination: [sales, ops], ${action} }
`
}

describe('what stands under a message', () => {
  it('is nothing where nothing is written', async () => {
    const [action] = await actionsOf(actionWith(ACTION))
    expect(action).not.toHaveProperty('playbooks')
  })

  it('is read whole', async () => {
    const [action] = await actionsOf(
      actionWith(`${ACTION}why: because
fields: { Plan: "{{ $.plan }}", "2024": b, "7": c }
links: { Order: "https://x.example/{{ $.id }}" }
next_step: call
owner: U024BE7LH
sla: 1h30m
`),
    )
    expect(action?.playbooks?.get('sales')).toEqual({
      why: 'because',
      fields: new Map([
        ['Plan', '{{ $.plan }}'],
        ['2024', 'b'],
        ['7', 'c'],
      ]),
      links: new Map([['Order', 'https://x.example/{{ $.id }}']]),
      nextStep: 'call',
      owner: 'U024BE7LH',
      slaMs: 5_400_000,
    })
    expect([...(action?.playbooks?.get('sales')?.fields.keys() ?? [])]).toEqual(['Plan', '2024', '7'])
  })

  it.each([
    [
      "the destination's where the action has none",
      '{ owner: all, sla: 4h }',
      'why: w',
      { owner: 'all', slaMs: 14_400_000, why: 'w' },
    ],
    [
      "the action's where both have it",
      '{ owner: all, sla: 4h }',
      'owner: me, sla: 1h',
      { owner: 'me', slaMs: 3_600_000 },
    ],
    [
      'nothing where the action takes it away',
      '{ owner: all, sla: 4h, why: w }',
      'owner: "", sla: off',
      { owner: null, slaMs: null, why: 'w' },
    ],
    [
      "both ones' fields, the action's first, label by label",
      '{ fields: { Plan: d, Region: d, Gone: d } }',
      'fields: { Seats: a, Plan: a, Gone: "" }',
      {
        fields: new Map([
          ['Seats', 'a'],
          ['Plan', 'a'],
          ['Region', 'd'],
        ]),
      },
    ],
    [
      "both ones' links",
      '{ links: { CRM: "https://d.example" } }',
      'links: { Order: "https://a.example" }',
      {
        links: new Map([
          ['Order', 'https://a.example'],
          ['CRM', 'https://d.example'],
        ]),
      },
    ],
  ])('is %s', async (_, defaults, action, expected) => {
    const [one] = await actionsOf(twoDestinations(defaults, action))
    expect(one?.playbooks?.get('sales')).toMatchObject(expected)
    for (const [key, part] of Object.entries(expected)) {
      const shown = one?.playbooks?.get('sales')?.[key as 'fields']
      if (part instanceof Map) expect([...(shown ?? [])]).toEqual([...part])
    }
  })

  it('is the same for all destinations without defaults, and nothing of another one', async () => {
    const [one] = await actionsOf(twoDestinations('{ owner: all }', 'why: w'))
    expect(one?.playbooks?.get('ops')).toMatchObject({ why: 'w', owner: null })
    const [shared] = await actionsOf(`${KAFKA}destinations: { a: { type: blackhole }, b: { type: blackhole } }
actions: [{ id: x, trigger: "true", message: hi, destination: [a, b], why: w }]
`)
    expect(shared?.playbooks?.get('a')).toBe(shared?.playbooks?.get('b'))
  })

  it('is left out for a destination that is disabled', async () => {
    const [one] = await actionsOf(twoDestinations('{ owner: all }, enabled: false', 'why: w'))
    expect([...(one?.playbooks?.keys() ?? [])]).toEqual(['ops'])
  })

  it("belongs to an action's own webhook too", async () => {
    const [one] = await actionsOf(`${KAFKA}actions:
  - { id: own, trigger: "true", message: hi, why: w, webhook_url: "https://hooks.slack.com/services/T0/B0/x" }
`)
    expect(one?.playbooks?.get('own')).toMatchObject({ why: 'w' })
  })
})

describe('a template under a message', () => {
  const VARIABLE = '${HOME}'
  const LABEL = '${HOME} a.b'
  const LITERAL = '${HOME} $${X} ${file:/etc/hostname} {{ $.x }}'

  it.each([
    ['why', `why: "${LITERAL}"\n`, 'why'],
    ['next_step', `next_step: "${LITERAL}"\n`, 'nextStep'],
    ['owner', `owner: "${LITERAL}"\n`, 'owner'],
    ['fields', `fields: { "${LABEL}": "${LITERAL}" }\n`, 'fields'],
    ['links', `links: { "${LABEL}": "https://x.example/${LITERAL}" }\n`, 'links'],
  ] as const)('holds no variables: %s', async (_, lines, key) => {
    const env = { HOME: '/root', X: 'x' }
    const config = configOf(await loadText(actionWith(ACTION + lines), { env }))
    const part = config.actions[0]?.playbooks?.get('sales')?.[key]
    const [label, text] = part instanceof Map ? ([...part][0] ?? []) : [null, part]
    expect(label).toBe(part instanceof Map ? LABEL : null)
    expect(text).toContain(LITERAL)
  })

  it('holds no variables in defaults either', async () => {
    const text = `${KAFKA}destinations:
  sales: { type: blackhole, defaults: { why: "${VARIABLE}", fields: { Plan: "${VARIABLE}" } } }
actions: [{ id: a, trigger: "true", message: hi }]
`
    const config = configOf(await loadText(text, { env: { HOME: '/root' } }))
    expect(config.actions[0]?.playbooks?.get('sales')).toMatchObject({
      why: VARIABLE,
      fields: new Map([['Plan', VARIABLE]]),
    })
  })

  it.each([
    [
      'an unknown filter',
      'why: "{{ $.x | upcse }}"\n',
      ['7:20 actions.a.why: unknown filter "upcse"; did you mean "upcase"?'],
    ],
    [
      'an output that is not closed',
      'next_step: "{{ $.x"\n',
      ['7:17 actions.a.next_step: the output is not closed: }} is missing'],
    ],
    [
      'a field with a mistake',
      'fields:\n  Plan: "{{ $.x }}"\n  Account owner: "{{ $.x | upcse }}"\n',
      ['9:32 actions.a.fields.?: unknown filter "upcse"; did you mean "upcase"?'],
    ],
    [
      'a link that is none',
      'links: { Order: "shop.example.com/{{ $.id }}" }\n',
      ['7:22 actions.a.links.Order: a link begins with https://, http:// or mailto:'],
    ],
    [
      'no text',
      'why:\nfields: { Plan: }\n',
      [
        '7:5 actions.a.why: has no value; it must be a template (Liquid) of one line, in quotes where it begins with {{',
        '8:15 actions.a.fields.Plan: has no value; it must be a template (Liquid) of one line, in quotes where it begins with {{',
      ],
    ],
    [
      'text for fields, a list for links',
      'fields: x\nlinks: [x]\n',
      ['7:13 actions.a.fields: must be a map of labels', '8:12 actions.a.links: must be a map of labels'],
    ],
    [
      'what YAML takes for a map',
      'why: {{ $.x }}\nfields:\n  Plan: {{ $.plan }}\n',
      [
        '7:10 why: YAML takes the { for a map: quote it or use >-',
        '9:13 Plan: YAML takes the { for a map: quote it or use >-',
      ],
    ],
    [
      'what YAML takes for a comment',
      'next_step: call #sales\nfields: \n  Where: in #sales\n',
      [
        '7:16 actions.a.next_step: YAML takes the # for a comment: quote it or use >-',
        '9:14 actions.a.fields.Where: YAML takes the # for a comment: quote it or use >-',
      ],
    ],
    [
      'a label of several lines',
      'fields: { "a\\nb": x }\n',
      ['7:15 actions.a.fields.?: a label is text on one line'],
    ],
    [
      'a label of nothing',
      'links: { " ": "https://x.example" }\n',
      ['7:14 actions.a.links.?: a label is text on one line'],
    ],
    [
      'a label twice, but for spaces',
      'fields: { A: x, " A ": y }\n',
      ['7:21 actions.a.fields.?: this label is there already'],
    ],
    ['an sla without a unit', 'sla: 4\n', ['7:10 actions.a.sla: needs a unit: ms, s, m, h or d, as in 10s']],
    [
      'a warning that there is not',
      'ignore: [no-lnk]\n',
      [
        '7:14 actions.a.ignore[0]: must be busy-call, no-anchor, malformed-glob, keyword-as-field, raw-output, same-text, no-link, no-owner, no-test or crowded-destination; did you mean "no-link"?',
      ],
    ],
  ])('is refused: %s', async (_, lines, expected) => {
    expect(problemsOf(await loadText(actionWith(ACTION + lines)))).toEqual(expected)
  })

  it('is refused in defaults, once, whatever the number of actions', async () => {
    const text = `${KAFKA}destinations: { a: { type: blackhole, defaults: { why: "{{ $.x | upcse }}", wy: x } } }
actions: [{ id: x, trigger: "true", message: hi }, { id: y, trigger: "true", message: hi }]
`
    expect(problemsOf(await loadText(text))).toEqual([
      '2:66 destinations.a.defaults.why: unknown filter "upcse"; did you mean "upcase"?',
      '2:77 destinations.a.defaults.wy: there is no such option; did you mean "why"?',
    ])
  })

  it('is warned of where it leaves out escaping, but in an address, which is encoded all the same', async () => {
    const lines = 'why: "{{{ $.x }}}"\nfields: { A: "{{ $.x | raw }}" }\nlinks: { B: "{{{ $.x }}}" }\n'
    const message = 'is sent without escaping: data in it can notify a channel or forge a link'
    expect(warningsOf(await loadText(actionWith(ACTION + lines)))).toEqual([
      `7:11 actions.a.why: ${message}`,
      `8:28 actions.a.fields.A: ${message}`,
    ])
  })

  it('is shown in an excerpt, but for what looks like a secret of Slack', async () => {
    const lines = 'why: "{{ $.x | upcse }} xoxb-123"\nfields: { Plan: "{{ $.plan | upcse }}" }\n'
    const loaded = await loadText(actionWith(ACTION + lines))
    const printed = loaded.kind === 'invalid' ? formatProblems(loaded.problems) : ''
    expect(printed).toContain('why: "{{ $.x | upcse }} <redacted>"')
    expect(printed).toContain('fields: { Plan: "{{ $.plan | upcse }}" }')
  })
})
