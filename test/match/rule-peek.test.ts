import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJsonEvent } from '../../src/event/decode-json.ts'
import { createMatcher } from '../../src/match/match-event.ts'
import { compileRules } from '../../src/match/rule.ts'
import { createRulePeek } from '../../src/match/rule-peek.ts'
import { hasAnchor } from '../../src/match/trigger/requirements.ts'
import { testAction, testConfig } from '../support/config.ts'
import { hostileJson } from './support/hostile-json.ts'

function rulesOf(triggers: readonly string[]) {
  return compileRules(triggers.map((trigger, nth) => testAction({ id: `a${nth}`, trigger })))
}

/** `parse`, or `leave` where the bytes rule every trigger out. */
function verdict(triggers: readonly string[], event: string | Buffer): 'parse' | 'leave' {
  const peek = createRulePeek(rulesOf(triggers))
  return peek === null || peek(Buffer.from(event)) ? 'parse' : 'leave'
}

describe('an event is left out by its bytes', () => {
  it.each([
    ['another name', 'event = "A"', '{"event":"B"}', 'leave'],
    ['the name', 'event = "A"', '{"event":"A"}', 'parse'],
    ['the name with spaces about', 'event = "A"', '{ "event" :\n"A" }', 'parse'],
    ['the name in escapes', 'event = "A"', '{"event":"\\u0041"}', 'parse'],
    ['the key in escapes', 'event = "A"', '{"\\u0065vent":"A"}', 'parse'],
    ['an escape anywhere', 'event = "A"', '{"event":"B","x":"\\n"}', 'parse'],
    ['the last of two names', 'event = "A"', '{"event":"B","event":"A"}', 'parse'],
    ['the name deeper', 'event = "A"', '{"event":"B","x":{"event":"A"}}', 'parse'],
    ['the name as a value of something else', 'event = "A"', '{"event":"B","x":"A","y":"event"}', 'leave'],
    ['a name with a quote', `event = 'a"b'`, '{"event":"a\\"b"}', 'parse'],
    ['a name with a backslash', 'event = "a\\b"', '{"event":"a\\\\b"}', 'parse'],
    ['a name beyond ASCII', 'event = "Größe 😀"', '{"event":"Größe 😀"}', 'parse'],
    ['a name in another normal form', 'event = "é"', '{"event":"e\u0301"}', 'leave'],
    ['no name', 'event = "A"', '{"type":"track"}', 'leave'],
    ['a name that is a list', 'event = "A"', '{"event":["A"]}', 'leave'],
    ['another type', 'type = "track"', '{"type":"page"}', 'leave'],
    [
      'the type, another plan',
      'type = "track" and properties.plan = "a"',
      '{"type":"track","plan":"b"}',
      'leave',
    ],
    ['the name, another plan', 'event = "A" and properties.plan = "a"', '{"event":"A","plan":"b"}', 'leave'],
    ['the name and the plan', 'event = "A" and properties.plan = "a"', '{"event":"A","plan":"a"}', 'parse'],
    ['a plan that is an object', 'traits.plan = "a"', '{"plan":{"plan":"b"}}', 'parse'],
    ['a number below the limit', 'properties.total > 10', '{"total":9.5}', 'leave'],
    ['a number above the limit', 'properties.total > 10', '{"total":1e2}', 'parse'],
    ['a number as a text', 'properties.total > 10', '{"total":"11"}', 'leave'],
    ['the wider of two limits', 'properties.total > 10 or properties.total > 5', '{"total":7}', 'parse'],
    ['a flag that is not set', 'properties.vip', '{"vip":false}', 'leave'],
    ['a flag that is set', 'properties.vip', '{"vip":true}', 'parse'],
    ['a part of a text', 'contains(traits.email, "@acme")', '{"email":"a@acme.com"}', 'parse'],
    ['another part of a text', 'contains(traits.email, "@acme")', '{"email":"a@b.com"}', 'leave'],
    ['a pattern that fits', 'match(traits.email, "*@acme.*")', '{"email":"a@acme.com"}', 'parse'],
    ['a pattern that does not', 'match(traits.email, "*@acme.*")', '{"email":"a@b.com"}', 'leave'],
    ['a text in other letters', 'lowercase(traits.plan) = "a"', '{"plan":"A"}', 'parse'],
    ['a number from a list', 'properties.total in [1, 2]', '{"total":2}', 'parse'],
    ['a number from no list', 'properties.total in [1, 2]', '{"total":3}', 'leave'],
    ['a list that may hold it', '"a" in properties.tags', '{"tags":["b"]}', 'parse'],
    ['no such list', '"a" in properties.tags', '{"labels":["a"]}', 'leave'],
    ['a field of an element', '$.items[0].sku = "a"', '{"items":[{"sku":"a"}]}', 'parse'],
    ['a field that is there', 'properties.coupon != null', '{"coupon":"x"}', 'parse'],
    ['a field that is null', '!(properties.coupon = null)', '{"coupon":null}', 'leave'],
    ['either of two fields', 'traits.plan = "a" or properties.total = 1', '{"total":1}', 'parse'],
    ['neither of two fields', 'traits.plan = "a" or properties.total = 1', '{"plan":"b","total":2}', 'leave'],
    ['no trigger that can hold', 'event = "A" and event = "B"', '{"event":"A"}', 'leave'],
  ])('or not: %s', (_, trigger, event, expected) => {
    expect(verdict([trigger], event)).toBe(expected)
  })

  it.each([
    ['an index', '$.tags[0] = "a"'],
    ['several results', '$..plan = "a"'],
    ['what is not there', 'properties.coupon = null'],
    ['inequality', 'traits.plan != "a"'],
    ['two fields', 'traits.plan = properties.plan'],
    ['everything', 'true'],
  ])('never for a trigger that asks for %s, which has no anchor', (_, trigger) => {
    expect(rulesOf([trigger]).map((rule) => hasAnchor(rule.trigger))).toEqual([false])
    expect(verdict([trigger, 'event = "A"'], '{"event":"B"}')).toBe('parse')
  })

  it('for another topic than that of a rule without an anchor', () => {
    const anchorless = testAction({ id: 'any', trigger: 'true', topics: ['others'] })
    const match = createMatcher(testConfig({ actions: [anchorless] }))
    const broken = Buffer.from('{broken}')
    const at = { partition: 0, offset: 0, timestamp: 0, key: null, value: broken, headers: [] }
    expect(match({ ...at, topic: 'events' }).failures).toEqual([])
    expect(match({ ...at, topic: 'others' }).failures).toMatchObject([{ cause: 'not_json' }])
  })

  it('however many texts, limits and fields the rules of one name ask for', () => {
    const texts = Array.from({ length: 500 }, (_, nth) => `event = "A" and userId = "u${nth}"`)
    const limits = Array.from({ length: 500 }, (_, nth) => `event = "A" and properties.total > ${100 + nth}`)
    expect(verdict([...texts, ...limits], '{"event":"A","userId":"u500","total":100}')).toBe('leave')
    expect(verdict([...texts, ...limits], '{"event":"A","userId":"u499","total":100}')).toBe('parse')
    expect(verdict([...texts, ...limits], '{"event":"A","userId":"u500","total":101}')).toBe('parse')
    const fields = Array.from({ length: 40 }, (_, nth) => `event = "A" and properties.f${nth} = "a"`)
    expect(verdict(fields, '{"event":"A"}')).toBe('parse')
  })

  it('and a name that stands in it thousands of times is not asked for its rules each time', () => {
    const named = (count: number) => `{"a":[${Array(count).fill('{"event":"A"}').join(',')}]}`
    const trigger = 'event = "A" and properties.plan = "a"'
    expect(verdict([trigger], named(8))).toBe('leave')
    expect(verdict([trigger], named(50_000))).toBe('parse')
  })
})

describe('what is left out', () => {
  const text = fc.constantFrom(`"A"`, `"B"`, `"é 😀"`, `'a"b'`, `"a\\b"`, `"event"`, `'"event":"A"'`)
  const value = fc.oneof(text, text, fc.constantFrom('1', '2.5', '-3', 'true', 'false', 'null'))
  const path = fc.oneof(
    fc.constantFrom('event', 'event', 'type', '$.event', 'userId'),
    fc.constantFrom(
      'properties.plan',
      'traits.plan',
      '$.properties["a\\"b"]',
      'properties.event',
      'traits.\\é',
    ),
    fc.constantFrom('$.items[0].plan', '$.items[0]', '$..plan', 'properties'),
  )
  const condition = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(path, value).map(([field, wanted]) => `${field} = ${wanted}`) },
    { weight: 1, arbitrary: fc.tuple(path, value).map(([field, wanted]) => `${wanted} = ${field}`) },
    { weight: 2, arbitrary: fc.tuple(path, value).map(([field, wanted]) => `${field} != ${wanted}`) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(path, fc.array(value, { maxLength: 4 }))
        .map(([f, all]) => `${f} in [${all.join(', ')}]`),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(path, fc.constantFrom('<', '<=', '>', '>='), fc.constantFrom('1', '2.5', '-3'))
        .map((parts) => parts.join(' ')),
    },
    { weight: 1, arbitrary: fc.tuple(text, path).map(([wanted, field]) => `${wanted} in ${field}`) },
    { weight: 1, arbitrary: fc.tuple(path, path).map(([a, b]) => `${a} = ${b}`) },
    { weight: 1, arbitrary: path },
    {
      weight: 3,
      arbitrary: path.chain((field) =>
        fc.constantFrom(
          `contains(${field}, "A")`,
          `match(${field}, "?*")`,
          `lowercase(${field}) = "a"`,
          `length(${field}) > 0`,
          `typeof(${field}) = "string"`,
          `number(${field}) = 1`,
          `bool(${field})`,
        ),
      ),
    },
  )
  const { trigger } = fc.letrec<{ trigger: string }>((tie) => ({
    trigger: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'trigger' },
      { weight: 5, arbitrary: condition },
      { weight: 2, arbitrary: fc.tuple(tie('trigger'), tie('trigger')).map(([a, b]) => `(${a} or ${b})`) },
      { weight: 2, arbitrary: fc.tuple(tie('trigger'), tie('trigger')).map(([a, b]) => `(${a} and ${b})`) },
      { weight: 1, arbitrary: tie('trigger').map((inner) => `!(${inner})`) },
    ),
  }))

  it('would not have matched: the fast way gives what evaluating every trigger on the parsed event gives', () => {
    const seen = { pairs: 0, matches: 0, left: 0 }
    fc.assert(
      fc.property(fc.array(trigger, { minLength: 1, maxLength: 4 }), hostileJson(), (triggers, bytes) => {
        const rules = rulesOf(triggers)
        const match = createMatcher(testConfig({ actions: rules.map(({ action }) => action) }))
        const record = { topic: 'events', partition: 0, offset: 0, timestamp: 0, key: null, headers: [] }
        const { actions, failures } = match({ ...record, value: bytes })
        const decoded = decodeJsonEvent(bytes)
        const isLeft = createRulePeek(rules)?.(bytes) === false
        if (decoded.kind === 'poison') {
          expect(failures.map(({ cause }) => cause)).toEqual(isLeft ? [] : [decoded.cause])
          return
        }
        const expected = rules.filter((rule) => rule.trigger.matches(decoded.event))
        expect(actions).toEqual(expected.map(({ action }) => action.id))
        seen.pairs += rules.length
        seen.matches += expected.length
        seen.left += rules.filter((rule) => createRulePeek([rule])?.(bytes) === false).length
      }),
      { numRuns: 2_500, seed: 1 },
    )
    const { pairs, matches, left } = seen
    console.info(`of ${pairs} pairs of rule and event ${matches} match, ${left} are left out unparsed`)
    expect(matches / pairs).toBeGreaterThan(0.2)
    expect(left / pairs).toBeGreaterThan(0.2)
  })
})
