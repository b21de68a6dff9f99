import { describe, expect, it } from 'vitest'
import { actionWith, KAFKA, loadText, problemsOf, SALES, warningsOf } from './load-text.ts'

/** Each row: what is wrong, in a sentence; the lines; exactly what is said of them. */
const ACTION = 'trigger: "true"\nmessage: hello\n'
const WEBHOOK = 'webhook_url: https://hooks.slack.com/services/T0/B0/x\n'

describe('actions', () => {
  it.each([
    [
      'nothing but an id',
      '',
      [
        '4:5 actions.a.trigger: is missing; it must be a trigger (FQL)',
        '4:5 actions.a.message: is missing; it must be a message template (Liquid)',
      ],
    ],
    [
      'an empty trigger and message',
      'trigger:\nmessage: ""\n',
      [
        '5:5 actions.a.trigger: has no value; it must be a trigger (FQL)',
        '6:14 actions.a.message: must be a message template (Liquid)',
      ],
    ],
    [
      'a destination that does not exist',
      `${ACTION}destination: sals\n`,
      ['7:18 actions.a.destination: there is no destination "sals"; did you mean "sales"?'],
    ],
    [
      'destinations in a list, one twice, one unknown',
      `${ACTION}destination: [sales, sales, ops]\n`,
      [
        '7:26 actions.a.destination[1]: this is in the list already',
        '7:33 actions.a.destination[2]: there is no destination "ops"; known are sales',
      ],
    ],
    [
      'no destination in the list',
      `${ACTION}destination: []\n`,
      ['7:18 actions.a.destination: needs at least one destination'],
    ],
    [
      'a topic that is not read',
      `${ACTION}topics: [signup]\n`,
      ['7:14 actions.a.topics[0]: there is no topic of kafka.events "signup"; did you mean "signups"?'],
    ],
    [
      'a webhook beside a destination',
      `${ACTION}${WEBHOOK}destination: sales\n`,
      ['8:5 actions.a.destination: cannot stand beside webhook_url: an action has one or the other'],
    ],
    [
      'an option of a destination',
      `${ACTION}rate: 1/s\n`,
      [
        '7:5 actions.a.rate: there is no such option; known are id, trigger, message, why, fields, links, next_step, owner, sla, destination, topics, enabled, ...',
      ],
    ],
    [
      'a webhook of its own on another host',
      `${ACTION}webhook_url: https://x.example/y\n`,
      [
        "7:18 actions.a.webhook_url: https://x.example is not Slack's https://hooks.slack.com or https://hooks.slack-gov.com; if messages are to go there, add it to slack.allow_origins",
      ],
    ],
  ])('%s', async (_, lines, expected) => {
    expect(problemsOf(await loadText(actionWith(lines)))).toEqual(expected)
  })

  it.each([
    [
      'no destination among several',
      `destinations: { a: { type: blackhole }, b: { type: blackhole } }
actions: [{ id: x, trigger: "true", message: hi }]`,
      ['3:11 actions.x: destination is missing, and there are several: a, b'],
    ],
    [
      'a destination whose variable leaves it out, among several',
      `destinations: { a: { type: blackhole }, b: { type: blackhole } }
actions: [{ id: x, trigger: "true", message: hi, destination: "\${NOWHERE:-}" }]`,
      ['3:11 actions.x: destination is missing, and there are several: a, b'],
    ],
    [
      'no destination at all',
      'actions: [{ id: x, trigger: "true", message: hi }]',
      ['2:11 actions.x: has no destination: add one under destinations, or a webhook_url here'],
    ],
    [
      'an id twice',
      `${SALES}actions:
  - { id: x, trigger: "true", message: hi }
  - { id: x, trigger: "true", message: hi }`,
      ['5:11 actions.x.id: another action has this id already, in bellhop.yaml, line 4'],
    ],
    [
      'a webhook of its own under the id of a destination',
      `${SALES}actions:
  - { id: sales, trigger: "true", message: hi, webhook_url: "https://hooks.slack.com/x" }`,
      [
        '4:11 actions.sales.id: with a webhook_url of its own the action is a destination, and one of this id stands in bellhop.yaml, line 2 already',
      ],
    ],
    [
      'an id that message ids cannot hold',
      `${SALES}actions: [{ id: "x:y", trigger: "true", message: hi }]`,
      ['3:17 actions[0].id: must be an id of letters, digits, "_", "." and "-"'],
    ],
    [
      'a map instead of a list',
      `${SALES}actions: { x: { trigger: "true" } }`,
      ['3:10 actions: must be a list of actions, each beginning with "- id:"'],
    ],
    [
      'items that are no actions',
      `${SALES}actions: [x, null]`,
      [
        '3:11 actions[0]: must be a map with id, trigger, message and destination',
        '3:14 actions[1]: must be a map with id, trigger, message and destination',
      ],
    ],
  ])('%s', async (_, text, expected) => {
    const problems = problemsOf(await loadText(`${KAFKA}${text}\n`))
    expect(problems.map((problem) => problem.replaceAll(/\S+bellhop\.yaml/g, 'bellhop.yaml'))).toEqual(
      expected,
    )
  })
})

describe('triggers and messages', () => {
  it.each([
    ['plain', 'trigger: type = "track" and\nmessage: hi\n', '5:32'],
    ['single quotes', `trigger: 'type = "it''s" and evnt( "x" )'\nmessage: hi\n`, '5:34'],
    ['double quotes', 'trigger: "type = \\"track\\" and evnt( 1 )"\nmessage: hi\n', '5:36'],
    ['a literal block', 'trigger: |\n  type = "track"\n    and evnt( 1 )\nmessage: hi\n', '7:13'],
    ['a folded block', 'trigger: >-\n  type = "track"\n  and evnt( 1 )\nmessage: hi\n', '7:11'],
    ['a message in a literal block', 'trigger: "true"\nmessage: |\n  hi\n  {{ x | foo }}\n', '8:14'],
    ['a message in double quotes', 'trigger: "true"\nmessage: "\\"hi\\" {{ x | foo }}"\n', '6:29'],
  ])('are pointed at exactly in %s', async (_, lines, place) => {
    const problems = problemsOf(await loadText(actionWith(lines)))
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([place])
  })

  it('that are most likely mistaken are warned of', async () => {
    const text = actionWith('trigger: >-\n  match(event, "[")\nmessage: hi {{{ $.x }}}\n')
    expect(warningsOf(await loadText(text))).toEqual([
      expect.stringMatching(/^6:20 actions\.a\.trigger: the pattern is malformed and never matches/),
      '7:17 actions.a.message: is sent without escaping: data in it can notify a channel or forge a link',
    ])
  })
})
