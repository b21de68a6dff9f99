import { describe, expect, it } from 'vitest'
import { TriggerError } from '../../../src/match/trigger/trigger-error.ts'

describe('TriggerError', () => {
  it('says where, what, and shows the line with a caret', () => {
    const error = new TriggerError('🎉 * "x"', 3, 'expected an operator, found `*`')
    expect(error.message).toBe('line 1, column 4: expected an operator, found `*`\n  🎉 * "x"\n    ^')
    expect(error).toMatchObject({ line: 1, column: 4, offset: 3, reason: 'expected an operator, found `*`' })
    expect(error.name).toBe('TriggerError')
  })
})
