import { describe, expect, it } from 'vitest'
import { compileTrigger, parseTrigger } from '../../../src/match/trigger/compile.ts'
import { TriggerError } from '../../../src/match/trigger/trigger-error.ts'

/** A fresh event for each row, as JSON.parse makes it. */
const event = (): unknown =>
  JSON.parse(`{
    "type": "track", "event": "Order Completed", "userId": null,
    "properties": {
      "total": 99.5, "count": 0, "neg": -3, "name": "Grüße 🎉", "on": true, "off": false, "yes": "true", "five": "5",
      "tags": ["a", "b", 1, null, ["x"]], "empty": [], "nested": { "x": 1, "y": [2] }, "in": "keyword", "2fa": "on",
      "items": [{ "sku": "a" }, { "sku": "b" }]
    },
    "traits": { "plan": "enterprise", "tags": ["a", "b", 1, null, ["x"]], "other": { "y": [2], "x": 1 } }
  }`)

describe('what a trigger says', () => {
  it.each([
    { name: 'true matches', trigger: 'true', matches: true },
    { name: 'false does not', trigger: 'false', matches: false },
    { name: 'null does not', trigger: 'null', matches: false },
    { name: 'a text does not', trigger: '"true"', matches: false },
    { name: 'a number does not', trigger: '1', matches: false },
    { name: 'a list does not', trigger: '[true]', matches: false },
    { name: 'a field that is true does', trigger: 'properties.on', matches: true },
    { name: 'a field that is `true` as text does not', trigger: 'properties.yes', matches: false },
    { name: 'a field that is an object does not', trigger: 'properties', matches: false },
    { name: 'the whole event does not', trigger: '$', matches: false },
    { name: 'a function whose answer is text does not', trigger: 'lowercase(type)', matches: false },

    { name: '`!` of false', trigger: '!properties.off', matches: true },
    { name: '`!` of a missing field', trigger: '!properties.missing', matches: true },
    { name: '`!` of text is the complement of not matching', trigger: '!properties.yes', matches: true },
    { name: '`!!` of text', trigger: '!!properties.yes', matches: false },
    { name: '`!` negates the whole group', trigger: '!( type = "page" or type = "track" )', matches: false },
    { name: '`!` negates the comparison, not the field', trigger: '!type = "page"', matches: true },
    { name: 'text in `and` is not true', trigger: 'true and properties.yes', matches: false },
    { name: 'null in `or` is not true', trigger: 'null or properties.on', matches: true },
    { name: '`and` binds tighter', trigger: 'true or false and false', matches: true },
    { name: 'parentheses bind tightest', trigger: '(true or false) and false', matches: false },
    { name: 'a long `and`', trigger: 'true and true and true and properties.on', matches: true },
    { name: 'a long `and` with one false', trigger: 'true and true and false and true', matches: false },
    { name: 'a long `or`', trigger: 'false or null or properties.on', matches: true },
    { name: 'a long `or` of nothing', trigger: 'false or null or 5', matches: false },
    { name: 'a comparison of comparisons', trigger: '(1 = 1) = (2 = 2)', matches: true },

    { name: 'an unknown root is null', trigger: 'nothing = "x" or nothing > 0 or nothing', matches: false },
    { name: 'a missing path equals null', trigger: 'a.b.c.d = null', matches: true },
    { name: 'null differs from a text', trigger: 'userId != "x"', matches: true },
    {
      name: 'a path through a text is null',
      trigger: 'type.length = null and event.x.y = null',
      matches: true,
    },
    { name: 'a keyword as a field', trigger: 'properties.in = "keyword"', matches: true },
    { name: 'an escaped digit', trigger: 'properties.\\2fa = "on"', matches: true },
    {
      name: 'inherited properties are null',
      trigger: 'toString = null and constructor = null and __proto__ = null',
      matches: true,
    },
    {
      name: 'also below',
      trigger: 'properties.valueOf = null and properties.tags.length = null',
      matches: true,
    },

    { name: 'a text is no number', trigger: 'properties.five = 5', matches: false },
    { name: 'a number is no bool', trigger: 'properties.count = false', matches: false },
    { name: 'a bool is no text', trigger: 'properties.on = "true"', matches: false },
    { name: 'texts are compared exactly', trigger: 'properties.name = "Grüße 🎉"', matches: true },
    {
      name: 'a constant on the left',
      trigger: '99.5 = properties.total and true = properties.on',
      matches: true,
    },
    { name: 'two fields', trigger: 'properties.tags = traits.tags', matches: true },
    { name: 'objects are equal in any order', trigger: 'properties.nested = traits.other', matches: true },
    {
      name: 'a list and a list of constants',
      trigger: 'properties.tags = ["a", "b", 1, null, ["x"]]',
      matches: true,
    },
    { name: 'lists that differ', trigger: 'properties.tags != ["a"]', matches: true },
    { name: 'an empty list is not null', trigger: 'properties.empty = null', matches: false },
    { name: 'a list of fields', trigger: '[type, properties.count] = ["track", 0]', matches: true },

    { name: '<', trigger: 'properties.neg < -2.5 and !(properties.neg < -3)', matches: true },
    { name: '<=', trigger: 'properties.neg <= -3 and !(properties.neg <= -4)', matches: true },
    { name: '>', trigger: 'properties.total > 99 and !(properties.total > 99.5)', matches: true },
    { name: '>=', trigger: 'properties.total >= +99.5 and !(properties.total >= 100)', matches: true },
    { name: 'constants in an order', trigger: '1 < 2 and 2 > 1', matches: true },
    { name: 'texts have no order', trigger: '"a" < "b" or "b" > "a" or type >= "track"', matches: false },
    { name: 'null has no order', trigger: 'null <= 0 or userId >= 0 or missing < 1', matches: false },
    { name: 'true is not 1', trigger: 'properties.on >= 1 or properties.on <= 1', matches: false },

    { name: 'in constants', trigger: "type in ['page', 'track']", matches: true },
    { name: 'not in constants', trigger: "!( type in ['page', 'screen'] )", matches: true },
    {
      name: 'no coercion',
      trigger: 'properties.five in [5] or properties.count in ["0", false, null]',
      matches: false,
    },
    { name: 'null in constants', trigger: 'missing in [1, null]', matches: true },
    { name: 'a number in constants', trigger: 'properties.neg in [3, -3]', matches: true },
    { name: 'in no constants', trigger: 'type in []', matches: false },
    {
      name: 'in a list of the event',
      trigger: "'b' in properties.tags and 1 in properties.tags and null in properties.tags",
      matches: true,
    },
    {
      name: 'not in a list of the event',
      trigger: "'c' in properties.tags or '1' in properties.tags",
      matches: false,
    },
    { name: 'a list in a list', trigger: '["x"] in properties.tags and ["x"] in [1, ["x"]]', matches: true },
    { name: 'in a list of fields', trigger: 'event in [properties.name, event]', matches: true },
    {
      name: 'in something that is no list',
      trigger: '"t" in type or "x" in properties.nested or null in missing or 1 in 1',
      matches: false,
    },

    { name: 'contains', trigger: 'contains(event, "Order") and !contains(event, "order")', matches: true },
    { name: 'contains of a list', trigger: 'contains(properties.tags, "a")', matches: false },
    { name: 'match', trigger: "match(event, 'Order *') and !match(event, 'order *')", matches: true },
    {
      name: 'match with the pattern from a field',
      trigger: "match('track', type) and match('anything', properties.missing) = false",
      matches: true,
    },
    { name: 'match of null', trigger: "match(userId, '*') or match(null, '*')", matches: false },
    {
      name: 'a function in a function',
      trigger: "match(lowercase(event), 'order*') and length(uppercase(type)) = 5",
      matches: true,
    },
    {
      name: 'length',
      trigger: 'length(properties.name) = 12 and length(properties.tags) = 5 and length(missing) = 0',
      matches: true,
    },
    { name: 'length of an object', trigger: 'length(properties.nested) >= 0', matches: false },
    {
      name: 'typeof',
      trigger: 'typeof(properties.tags) = "list" and typeof(traits) = "object" and typeof(missing) = "null"',
      matches: true,
    },
    {
      name: 'typeof of constants',
      trigger: 'typeof([1]) = "list" and typeof(null) = "null" and typeof(1 = 1) = "bool"',
      matches: true,
    },
    { name: 'case of null', trigger: 'lowercase(missing) = null and snakecase(null) = null', matches: true },
    { name: 'snakecase', trigger: 'snakecase(event) = "order_completed"', matches: true },
    { name: 'number', trigger: 'number(properties.five) = 5 and number(type) = null', matches: true },
    { name: 'bool', trigger: 'bool(properties.yes) and !bool(properties.count)', matches: true },
    { name: 'string', trigger: 'string(properties.total) = "99.5" and string(null) = null', matches: true },

    {
      name: 'a JSONPath is the same as a path',
      trigger: '$.traits.plan = "enterprise" and $["traits"].plan = traits.plan',
      matches: true,
    },
    {
      name: 'a JSONPath with an index',
      trigger: '$.properties.items[1].sku = "b" and $.properties.items[-1].sku = "b"',
      matches: true,
    },
    {
      name: 'a JSONPath with a wildcard',
      trigger: '"b" in $.properties.items[*].sku and length($.properties.items[*].sku) = 2',
      matches: true,
    },
    {
      name: 'a wildcard that finds nothing',
      trigger: '$.missing[*].x = [] and length($.properties.items[*].x) = 0',
      matches: true,
    },
    {
      name: 'recursive descent',
      trigger: '$..sku = ["a", "b"] and $..constructor = [] and $.__proto__.x = null',
      matches: true,
    },
    {
      name: 'operators close to a JSONPath',
      trigger: '$.properties.total>1 and $.properties.items[0].sku="a"',
      matches: true,
    },
  ])('$name: $trigger', ({ trigger, matches }) => {
    expect(compileTrigger(trigger)(event())).toBe(matches)
  })
})

describe('numbers of Avro', () => {
  const long = { n: 9007199254740993n, list: [5n], small: 5n }

  it.each([
    { trigger: 'small = 5 and small >= 5 and small < 5.5', matches: true },
    { trigger: 'small in [4, 5] and small in [four, 5]', matches: true },
    { trigger: '5 in list and list = [5]', matches: true },
    { trigger: 'n = 9007199254740992 or n in [9007199254740992]', matches: false },
    { trigger: 'n > 9007199254740992', matches: true },
    { trigger: 'small = "5" or small in ["5"]', matches: false },
    { trigger: 'typeof(small) = "number" and string(small) = "5"', matches: true },
  ])('$trigger', ({ trigger, matches }) => {
    expect(compileTrigger(trigger)(long)).toBe(matches)
  })
})

describe('what is no object', () => {
  it.each([
    { value: 'text' },
    { value: '' },
    { value: [{ type: 'track' }] },
    { value: 5 },
    { value: true },
    { value: null },
    { value: undefined },
  ])('$value matches nothing', ({ value }) => {
    for (const trigger of ['true', 'type = null', '!type', '!( type = "x" )', '$ = null']) {
      expect(compileTrigger(trigger)(value)).toBe(false)
    }
  })
})

describe('arguments', () => {
  it.each([
    {
      trigger: 'contains(event)',
      column: 1,
      says: 'expected 2 arguments in `contains( text, part )`, found 1',
    },
    {
      trigger: 'true and length()',
      column: 10,
      says: 'expected 1 argument in `length( value )`, found 0',
    },
    { trigger: 'typeof(a, b)', column: 1, says: 'found 2' },
    {
      trigger: 'match(event, 5)',
      column: 14,
      says: 'expected a string as the pattern of `match( … )`, found a number',
    },
    { trigger: 'contains(["a"], "a")', column: 10, says: 'found a list' },
    { trigger: 'length(true)', column: 8, says: 'expected a string or a list' },
    { trigger: 'number(true)', column: 8, says: 'expected a string or a number' },
  ])('$trigger', ({ trigger, column, says }) => {
    expect(() => parseTrigger(trigger)).toThrow(TriggerError)
    expect(() => parseTrigger(trigger)).toThrow(`line 1, column ${column}: `)
    expect(() => parseTrigger(trigger)).toThrow(says)
  })

  it.each([
    'contains(null, "x")',
    'match(null, "*")',
    'length(null) = 1',
    'lowercase(null) = "x"',
    'number(null) = 1',
  ])('null may always be written: %s', (trigger) => {
    expect(compileTrigger(trigger)({})).toBe(false)
  })
})

describe('warnings', () => {
  it('names each malformed pattern and where it is', () => {
    const { warnings } = parseTrigger('match(event, "[a-")\nor match(lowercase(event), "x\\")')
    expect(warnings).toEqual([
      {
        kind: 'malformed-glob',
        line: 1,
        column: 14,
        offset: 13,
        message: 'the pattern is malformed and never matches: a class is not closed with `]`',
      },
      {
        kind: 'malformed-glob',
        line: 2,
        column: 28,
        offset: 47,
        message: 'the pattern is malformed and never matches: a `\\` at the end escapes nothing',
      },
    ])
  })

  it('tells a keyword in capitals, which is a field', () => {
    const { warnings, matches } = parseTrigger('properties.on = TRUE')
    expect(warnings).toMatchObject([
      {
        kind: 'keyword-as-field',
        line: 1,
        column: 17,
        message: expect.stringContaining('the keyword is `true`'),
      },
    ])
    expect(matches({ TRUE: 1, properties: { on: 1 } })).toBe(true)
  })

  it.each([
    'match(event, "[a-z]*")',
    'match(event, properties.pattern)',
    '$.True',
    '\\True',
    'True.x',
    'properties.NULL',
  ])('is silent about %s', (trigger) => {
    expect(parseTrigger(trigger).warnings).toEqual([])
  })
})
