import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Playbook } from '../../../src/config/config.ts'
import { createPlaybookCompiler } from '../../../src/match/playbook/compile.ts'

const NONE: Playbook = {
  why: null,
  fields: new Map(),
  links: new Map(),
  nextStep: null,
  owner: null,
  slaMs: null,
}
const EMPTY = { why: null, fields: [], links: [], nextStep: null, owner: null, deadline: null }
const HOUR_MS = 3_600_000
/** More elements than a rendering may make. */
const TOO_LONG = '{% for i in (1..99999999) %}x{% endfor %}'
const NOW_MS = Date.parse('2026-01-31T08:00:00Z')

function render(playbook: Partial<Playbook>, event: object = {}, nowMs = NOW_MS) {
  return createPlaybookCompiler()({ ...NONE, ...playbook }).render(event, { nowMs })
}

const map = (entries: Record<string, string>) => new Map(Object.entries(entries))

describe('the parts of a playbook', () => {
  it.each([
    ['why', { why: 'first of {{ $.n }}' }, { n: 3 }, { why: '*Why:* first of 3' }],
    ['why without data', { why: '{{ $.n }}' }, {}, {}],
    [
      'fields, in their order, without the empty ones',
      { fields: map({ Plan: '{{ $.plan }}', Seats: '{{ $.seats }}', 'Since *when*': '{{ $.since }}' }) },
      { plan: 'pro', since: '2024' },
      { fields: ['*Plan:* pro', '*Since *when*:* 2024'] },
    ],
    [
      'a field whose data would begin a line, ping and forge',
      { fields: map({ Name: '{{ $.name }}' }) },
      { name: 'Ada\n> *Owner:* <@U1>\n<!channel>' },
      { fields: ['*Name:* Ada &gt; *Owner:* &lt;@U1&gt; &lt;!channel&gt;'] },
    ],
    [
      'links, without those that are none',
      {
        links: map({
          Order: 'https://x.example/{{ $.id }}',
          'A & <B>': '{{ $.b }}',
          Bad: '{{ $.bad }}',
          Gone: '{{ $.gone }}',
        }),
      },
      { id: 7, b: 'mailto:b@x.example', bad: 'javascript:alert(1)' },
      { links: ['<https://x.example/7|Order>', '<mailto:b@x.example|A &amp; &lt;B&gt;>'] },
    ],
    ['the next step', { nextStep: 'call\n{{ $.name }}' }, { name: 'Ada' }, { nextStep: '*Next:* call Ada' }],
    ['a user', { owner: 'U024BE7LH' }, {}, { owner: '*Owner:* <@U024BE7LH>' }],
    ['a user of a grid', { owner: ' W012A3CDE ' }, {}, { owner: '*Owner:* <@W012A3CDE>' }],
    ['a user group', { owner: 'S0614TZR7' }, {}, { owner: '*Owner:* <!subteam^S0614TZR7>' }],
    ['an owner by data', { owner: '{{ $.o }}' }, { o: 'U024BE7LH' }, { owner: '*Owner:* <@U024BE7LH>' }],
    ['a team by name', { owner: 'SUPPORT' }, {}, { owner: '*Owner:* SUPPORT' }],
    ['a short name with a digit', { owner: 'SRE2' }, {}, { owner: '*Owner:* SRE2' }],
    ['an owner in words', { owner: 'whoever is on call' }, {}, { owner: '*Owner:* whoever is on call' }],
    [
      'a channel by data',
      { owner: '{{ $.o }}' },
      { o: '<!channel>' },
      { owner: '*Owner:* &lt;!channel&gt;' },
    ],
    ['an owner that is empty', { owner: '{{ $.o }}' }, { o: ' ' }, {}],
    [
      'the deadline, from the time of the event',
      { slaMs: 4 * HOUR_MS },
      {},
      { deadline: 'Answer by <!date^1769860800^{date_short_pretty} at {time}|2026-01-31 12:00 UTC>' },
    ],
  ])('%s', (_, playbook, event, parts) => {
    expect(render(playbook, event)).toEqual({ kind: 'parts', parts: { ...EMPTY, ...parts }, cut: false })
  })

  it('hold no markup and no line of the data, whatever the event', () => {
    const compiled = createPlaybookCompiler()({
      why: '{{ $.x }}',
      fields: map({ A: '{{ x }}', B: '{{ $.x | default: $.x }}' }),
      links: map({ L: 'https://x.example/{{ $.x }}' }),
      nextStep: '{{ $.x }}',
      owner: '{{ $.x }}.',
      slaMs: null,
    })
    const data = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<!here>', '\n> *Owner:* x', '|a> <@U024BE7LH>'),
    )
    fc.assert(
      fc.property(fc.array(data, { maxLength: 4 }), (parts) => {
        const rendered = compiled.render({ x: parts.join('') }, { nowMs: NOW_MS })
        if (rendered.kind !== 'parts') throw new Error(rendered.detail)
        const { why, fields, links, nextStep, owner } = rendered.parts
        for (const text of [why, ...fields, nextStep, owner])
          expect(text ?? '').not.toMatch(/[<>\n\r\u2028\u2029]/)
        expect(links).toHaveLength(why === null ? 0 : 1)
        for (const link of links) expect(link).toMatch(/^<https:\/\/x\.example\/[^<>|\s]+\|L>$/)
      }),
    )
  })

  it('are cut where they are long, so that what matters less has room', () => {
    const rendered = render({ why: '{{ $.x }}', nextStep: 'call' }, { x: `${'&'.repeat(5_000)}` })
    if (rendered.kind !== 'parts') throw new Error(rendered.detail)
    const { why, nextStep } = rendered.parts
    expect(why).toMatch(/^\*Why:\* (?:&amp;)+…$/)
    expect(why?.length).toBeLessThanOrEqual('*Why:* '.length + 1_000)
    expect({ nextStep, cut: rendered.cut }).toEqual({ nextStep: '*Next:* call', cut: true })
  })

  it.each([
    ['has no time', -1],
    ['has a time beyond all calendars', 9e15],
  ])('leave the deadline out where the record %s', (_, nowMs) => {
    expect(render({ slaMs: HOUR_MS }, {}, nowMs)).toEqual({ kind: 'parts', parts: EMPTY, cut: false })
  })

  it.each([
    ['words around data that is missing', { nextStep: 'call {{ nobody }}' }, { nextStep: null }],
    [
      'words around some of it',
      { nextStep: 'call {{ nobody }}{{ userId }}' },
      { nextStep: '*Next:* call u1' },
    ],
    ['words around a default', { why: 'is {{ nobody | default: "new" }}' }, { why: '*Why:* is new' }],
    ['words alone', { why: '{% if userId %}known{% endif %}' }, { why: '*Why:* known' }],
    ['an address that would lead elsewhere', { links: map({ CRM: 'https://x.example/p/{{ nobody }}' }) }, {}],
    [
      'an address of which a part is missing',
      { links: map({ CRM: 'https://x.example/{{ userId }}/{{ nobody | upcase }}' }) },
      {},
    ],
  ])('%s', (_, playbook, parts) => {
    expect(render(playbook, { userId: 'u1' })).toEqual({
      kind: 'parts',
      parts: { ...EMPTY, ...parts },
      cut: false,
    })
  })

  it.each([
    ['why', { why: TOO_LONG }, 'why: line 1, column 1: '],
    ['next_step', { nextStep: TOO_LONG }, 'next_step: line 1, column 1: '],
    ['a field', { fields: map({ Plan: 'x', Seats: TOO_LONG }) }, 'fields: Seats: line 1, column 1: '],
    [
      'a link',
      { links: map({ Order: `https://x.example/${TOO_LONG}` }) },
      'links: Order: line 1, column 19: ',
    ],
    ['owner', { owner: TOO_LONG }, 'owner: line 1, column 1: '],
    ['the first of several', { owner: TOO_LONG, why: TOO_LONG }, 'why: line 1, column 1: '],
  ])('name %s where it cannot be rendered', (_, playbook, detail) => {
    expect(render(playbook)).toEqual({ kind: 'failed', detail: expect.stringContaining(detail) })
  })
})
