import { describe, expect, it } from 'vitest'
import type { Action, Playbook } from '../../src/config/config.ts'
import type { AnalyticsEvent } from '../../src/event/event.ts'
import { createMatcher } from '../../src/match/match-event.ts'
import { compileRules, type RenderedRule } from '../../src/match/rule.ts'
import { testAction, testConfig, testWebhook } from '../support/config.ts'

const NONE: Playbook = {
  why: null,
  fields: new Map(),
  links: new Map(),
  nextStep: null,
  owner: null,
  slaMs: null,
}
/** More elements than a rendering may make. */
const TOO_LONG = '{% for i in (1..99999999) %}x{% endfor %}'
const NOW_MS = 1_700_000_000_000

function render(change: Partial<Action>, event: AnalyticsEvent = { type: 'track' }): RenderedRule {
  const [rule] = compileRules([testAction({ id: 'a', message: 'hi', ...change })])
  if (rule === undefined) throw new Error('the action is not enabled')
  return rule.message.render(event, { nowMs: NOW_MS })
}

function textFor(change: Partial<Action>, destination: string, event?: AnalyticsEvent) {
  const rendered = render(change, event)
  return rendered.kind === 'text' ? rendered.textFor(destination) : rendered
}

const playbooks = (given: Record<string, Partial<Playbook>>) =>
  new Map(Object.entries(given).map(([id, playbook]) => [id, { ...NONE, ...playbook }]))

describe('what a rule sends', () => {
  it('is its message where it has no playbook', () => {
    expect(textFor({}, 'sales')).toMatchObject({ text: 'hi', cut: false })
  })

  it.each([
    ['the own playbook of each destination', 'sales', 'hi\n> *Owner:* sales team'],
    ['the own playbook of each destination', 'ops', 'hi\n> *Owner:* ops team'],
    ['the message alone where a destination has none', 'nowhere', 'hi'],
  ])('is %s (%s)', (_, destination, text) => {
    const two = playbooks({ sales: { owner: 'sales team' }, ops: { owner: 'ops team' } })
    expect(textFor({ playbooks: two }, destination)).toMatchObject({ text, cut: false })
  })

  it('is rendered once for destinations that are shown the same', () => {
    const shared = { ...NONE, why: '{{ $.properties.x }}' }
    let reads = 0
    const properties = {
      get x() {
        reads += 1
        return 'because'
      },
    }
    const both = new Map([
      ['sales', shared],
      ['ops', shared],
    ])
    expect(textFor({ playbooks: both }, 'ops', { type: 'track', properties })).toMatchObject({
      text: 'hi\n> *Why:* because',
    })
    expect(reads).toBe(1)
  })

  it('is at most 4,000 characters, the playbook going first', () => {
    const message = 'm'.repeat(3_990)
    const book = playbooks({ sales: { owner: 'o', why: 'w' } })
    expect(textFor({ message, playbooks: book }, 'sales')).toEqual({ text: message, cut: true })
    const longer = textFor({ message: 'm'.repeat(5_000), playbooks: book }, 'sales')
    expect(longer).toMatchObject({ text: `${'m'.repeat(3_999)}\u2026`, cut: true })
  })

  it.each([
    [
      'an empty message',
      { message: '{{ $.gone }}', playbooks: playbooks({ sales: { why: 'w' } }) },
      { kind: 'empty' },
    ],
    [
      'a part that fails, for one destination of two',
      { playbooks: playbooks({ sales: { why: 'w' }, ops: { why: TOO_LONG } }) },
      { kind: 'failed', detail: expect.stringMatching(/^why: line 1, column 1: /) },
    ],
  ])('is nothing for %s', (_, change, expected) => {
    expect(render(change)).toEqual(expected)
  })
})

describe('an event that a rule with a playbook matches', () => {
  const config = (playbook: Partial<Playbook>) =>
    testConfig({
      destinations: new Map(['sales', 'ops'].map((id) => [id, testWebhook(id)])),
      actions: [
        testAction({
          id: 'a',
          message: 'hi',
          destinations: ['sales', 'ops'],
          playbooks: playbooks({ sales: playbook }),
        }),
      ],
    })
  const record = {
    topic: 'events',
    partition: 0,
    offset: 7,
    timestamp: NOW_MS,
    key: null,
    value: Buffer.from(JSON.stringify({ type: 'track' })),
    headers: [],
  }

  it('is a message with it, by the time of the record, for each destination its own', () => {
    const { messages } = createMatcher(config({ slaMs: 60_000 }))(record)
    expect(messages.map(({ record: { message } }) => message.text)).toEqual([
      'hi\n> Answer by <!date^1700000060^{date_short_pretty} at {time}|2023-11-14 22:14 UTC>',
      'hi',
    ])
  })

  it('is a dead letter that names the part which could not be rendered', () => {
    const found = createMatcher(config({ nextStep: TOO_LONG }))(record)
    expect(found).toMatchObject({
      messages: [],
      failures: [
        {
          cause: 'render_failed',
          action: 'a',
          detail: expect.stringMatching(/^next_step: line 1, column 1: /),
        },
      ],
    })
  })

  it('is counted where it is cut, once for each destination', () => {
    expect(createMatcher(config({ why: 'w'.repeat(4_000) }))(record).cut).toEqual(['a'])
  })
})
