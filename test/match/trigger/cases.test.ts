import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileTrigger } from '../../../src/match/trigger/compile.ts'
import { TriggerError } from '../../../src/match/trigger/trigger-error.ts'

interface TriggerCase {
  id: string
  trigger: string
  event: unknown
  expect: boolean | 'error'
}

const cases: TriggerCase[] = readFileSync(new URL('../../cases/trigger.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

describe('test/cases/trigger.jsonl', () => {
  it.each(cases)('$id: $trigger is $expect', ({ trigger, event, expect: expected }) => {
    if (expected === 'error') expect(() => compileTrigger(trigger)).toThrow(TriggerError)
    else expect(compileTrigger(trigger)(event)).toBe(expected)
  })
})
