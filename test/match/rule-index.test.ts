import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileRules } from '../../src/match/rule.ts'
import { createRuleIndex } from '../../src/match/rule-index.ts'
import { testAction } from '../support/config.ts'

function rulesOf(triggers: readonly string[]) {
  return compileRules(triggers.map((trigger, nth) => testAction({ id: `a${nth}`, trigger })))
}

function candidateIds(triggers: readonly string[], event: Record<string, unknown>): string[] {
  return createRuleIndex(rulesOf(triggers))
    .candidates(event)
    .map(({ action }) => action.id)
}

describe('the rule index', () => {
  it.each([
    ['leaves out rules for other event names', ['event = "A"', 'event = "B"'], { event: 'A' }, ['a0']],
    ['leaves out rules for other types', ['type = "track"', 'type = "page"'], { type: 'page' }, ['a1']],
    ['keeps rules that require neither', ['userId != null', 'event = "B"'], { event: 'A' }, ['a0']],
    [
      'keeps the order of the configuration',
      ['userId = "1"', 'event = "A"', 'type = "track"'],
      { type: 'track', event: 'A' },
      ['a0', 'a1', 'a2'],
    ],
    ['finds a rule under each of its names', ['event in ["A", "B"]'], { event: 'B' }, ['a0']],
    [
      'gives an event without name and type the rules that need none',
      ['event = "A"', 'userId = "1"'],
      {},
      ['a1'],
    ],
    ['does not mistake a number for a name', ['event = "5"'], { event: 5 }, []],
    ['does not mistake an inherited key for a name', ['event = "A"'], { event: 'constructor' }, []],
  ])('%s', (_, triggers, event, expected) => {
    expect(candidateIds(triggers, event)).toEqual(expected)
  })

  it('asks each rule for its names once, however many names there are together', () => {
    const rules = rulesOf(['event in ["A", "B", "C"]', 'event in ["D", "E", "F"]', 'userId = "1"'])
    let asked = 0
    const counted = rules.map((rule) => {
      const { requires } = rule.trigger
      const trigger = {
        ...rule.trigger,
        get requires() {
          asked += 1
          return requires
        },
      }
      return { ...rule, trigger }
    })
    const index = createRuleIndex(counted)
    expect(asked).toBeLessThanOrEqual(4 * rules.length)
    expect(index.candidates({ event: 'E' }).map(({ action }) => action.id)).toEqual(['a1', 'a2'])
    const first = asked
    index.candidates({ event: 'E' })
    expect(asked).toBe(first)
  })

  it('never leaves out a rule whose trigger holds', () => {
    const word = fc.constantFrom('A', 'B', 'track', 'page')
    const atom = fc.oneof(
      word.map((name) => `event = "${name}"`),
      word.map((type) => `type = '${type}'`),
      word.map((name) => `event != "${name}"`),
      word.map((id) => `userId = "${id}"`),
      fc.tuple(word, word).map(([a, b]) => `event in ["${a}", '${b}']`),
    )
    const { trigger } = fc.letrec<{ trigger: string }>((tie) => ({
      trigger: fc.oneof(
        { maxDepth: 3 },
        atom,
        fc
          .tuple(tie('trigger'), fc.constantFrom('and', 'or'), tie('trigger'))
          .map(([a, op, b]) => `(${a} ${op} ${b})`),
        tie('trigger').map((inner) => `!(${inner})`),
      ),
    }))
    const field = fc.option(fc.oneof(word, fc.constant(5)), { nil: undefined })
    const event = fc.record({ type: field, event: field, userId: field })
    let matches = 0
    let pairs = 0
    fc.assert(
      fc.property(fc.array(trigger, { maxLength: 8 }), event, (triggers, candidate) => {
        const rules = rulesOf(triggers)
        const found = new Set(createRuleIndex(rules).candidates(candidate))
        for (const rule of rules) {
          pairs += 1
          if (!rule.trigger.matches(candidate)) continue
          matches += 1
          expect(found).toContain(rule)
        }
      }),
      { numRuns: 500 },
    )
    expect(matches / pairs).toBeGreaterThan(0.2)
  })
})
