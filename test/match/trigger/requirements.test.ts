import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTrigger } from '../../../src/match/trigger/compile.ts'

/** Null or a sorted list, so that rows are easy to read. */
function requirements(trigger: string): { types: string[] | null; events: string[] | null } {
  const { types, events } = parseTrigger(trigger).requires
  return { types: types && [...types].sort(), events: events && [...events].sort() }
}

describe('what a trigger requires', () => {
  it.each([
    { name: 'equality', trigger: 'type = "track"', types: ['track'], events: null },
    { name: 'equality the other way round', trigger: '"A" = event', types: null, events: ['A'] },
    {
      name: 'both',
      trigger: 'type = "track" and event = "A" and properties.x > 1',
      types: ['track'],
      events: ['A'],
    },
    {
      name: 'a group',
      trigger: 'type = "track" and (event = "A" or event = "B")',
      types: ['track'],
      events: ['A', 'B'],
    },
    { name: 'a list', trigger: 'type in ["track", "page"]', types: ['page', 'track'], events: null },
    { name: 'a JSONPath', trigger: '$.type = "track" and $["event"] = "A"', types: ['track'], events: ['A'] },
    {
      name: 'or unites',
      trigger: 'type = "a" and event = "A" or type = "b" and event = "B"',
      types: ['a', 'b'],
      events: ['A', 'B'],
    },
    {
      name: 'or with anything else requires nothing',
      trigger: 'type = "a" or properties.x = 1',
      types: null,
      events: null,
    },
    { name: 'or with one field each', trigger: 'type = "a" or event = "A"', types: null, events: null },
    {
      name: 'and intersects',
      trigger: 'type in ["a", "b"] and type in ["b", "c"]',
      types: ['b'],
      events: null,
    },
    { name: 'a contradiction can never match', trigger: 'type = "a" and type = "b"', types: [], events: [] },
    {
      name: 'a contradiction in one branch',
      trigger: '(type = "a" and type = "b") or event = "A"',
      types: null,
      events: ['A'],
    },
    { name: 'the empty list can never match', trigger: 'type in []', types: [], events: [] },
    { name: 'false can never match', trigger: 'event = "A" and false', types: [], events: [] },
    { name: 'a text can never match', trigger: '"type"', types: [], events: [] },
    { name: 'true requires nothing', trigger: 'true', types: null, events: null },
    { name: 'a negation', trigger: '!( type = "a" )', types: null, events: null },
    { name: 'a negation of never', trigger: '!( type in [] )', types: null, events: null },
    { name: 'inequality', trigger: 'type != "a"', types: null, events: null },
    { name: 'a null type', trigger: 'type = null', types: null, events: null },
    { name: 'a type that is a number', trigger: 'type = 5', types: null, events: null },
    { name: 'a list with null', trigger: 'event in ["A", null]', types: null, events: null },
    { name: 'a list with a field', trigger: 'event in ["A", userId]', types: null, events: null },
    { name: 'a list of the event', trigger: '"A" in event', types: null, events: null },
    {
      name: 'a field of that name elsewhere',
      trigger: 'properties.type = "a" and type.event = "A"',
      types: null,
      events: null,
    },
    { name: 'a list of results', trigger: '$..type = "a" and $[*] = "b"', types: null, events: null },
    { name: 'a function of the type', trigger: 'lowercase(type) = "a"', types: null, events: null },
    { name: 'two fields', trigger: 'type = event', types: null, events: null },
    { name: 'a comparison inside a comparison', trigger: '(type = "a") = false', types: null, events: null },
  ])('$name: $trigger', ({ trigger, types, events }) => {
    expect(requirements(trigger)).toEqual({ types, events })
  })
})

describe('soundness', () => {
  const text = fc.constantFrom('"a"', '"b"')
  const value = fc.oneof(
    { weight: 9, arbitrary: text },
    { weight: 1, arbitrary: fc.constantFrom('null', '1', 'true') },
  )
  const field = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('type', 'event', '$.type', "$['event']") },
    { weight: 1, arbitrary: fc.constantFrom('properties.type', 'userId', '$..type', 'lowercase(type)') },
  )
  const list = fc.oneof(
    fc.array(value, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    field,
  )
  const comparison = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(field, fc.constantFrom('=', '=', '=', '!='), value) },
    { weight: 2, arbitrary: fc.tuple(value, fc.constantFrom('=', '=', '=', '!='), field) },
    { weight: 3, arbitrary: fc.tuple(field, fc.constant('in'), list) },
    { weight: 1, arbitrary: fc.tuple(field, fc.constant('='), field) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('true', 'false', 'userId', '"a"', '[]', 'match(event, "a*")')),
    },
  )
  const { trigger } = fc.letrec<{ trigger: string }>((tie) => {
    const several = fc.array(tie('trigger'), { minLength: 2, maxLength: 3, depthIdentifier: 'trigger' })
    return {
      trigger: fc.oneof(
        { maxDepth: 3, depthIdentifier: 'trigger' },
        { weight: 6, arbitrary: comparison.map((parts) => parts.join(' ')) },
        { weight: 4, arbitrary: several.map((parts) => `(${parts.join(' and ')})`) },
        { weight: 4, arbitrary: several.map((parts) => `(${parts.join(' or ')})`) },
        { weight: 1, arbitrary: tie('trigger').map((inner) => `!(${inner})`) },
        { weight: 1, arbitrary: tie('trigger').map((inner) => `((${inner}) = (${inner}))`) },
      ),
    }
  })
  const root = fc.constantFrom<unknown>('a', 'a', 'a', 'b', 'b', 'b', null, 1, true, ['a'])
  const fields = { type: root, event: root, userId: root, properties: fc.record({ type: root }) }
  const event = fc
    .oneof(fc.record(fields, { requiredKeys: [] }), fc.record(fields))
    .map((record): unknown => ({ ...record }))

  /** Only texts can be among what is required. */
  const within = (required: ReadonlySet<string> | null, given: unknown): boolean =>
    required === null || (typeof given === 'string' && required.has(given))

  it('no event outside of the requirements matches', () => {
    const runs = 20_000
    let matched = 0
    let matchedNarrowed = 0
    fc.assert(
      fc.property(trigger, event, (source, given) => {
        const { matches, requires } = parseTrigger(source)
        if (!matches(given)) return
        matched++
        if (requires.types !== null || requires.events !== null) matchedNarrowed++
        const { type, event: name } = Object(given)
        expect(within(requires.types, type) && within(requires.events, name)).toBe(true)
      }),
      { numRuns: runs, seed: 1 },
    )
    expect(matched).toBeGreaterThan(runs / 5)
    expect(matchedNarrowed).toBeGreaterThan(runs / 20)
  })
})
