import { describe, expect, it } from 'vitest'
import { judge } from './judge.ts'

const found = (text: string, at = '0/1') => ({ text, destination: 'left', at })

describe('the judge of a fault run', () => {
  it('finds nothing wrong where each expected message came once', () => {
    expect(judge(4, ['left'], [found('0'), found('3')])).toEqual({
      expected: 2,
      found: 2,
      missing: [],
      repeated: [],
      unexpected: [],
    })
  })

  it('names a message that never came', () => {
    expect(judge(4, ['left'], [found('0')]).missing).toEqual(['3:left'])
  })

  it('names a message that came twice, and where it lies', () => {
    const { repeated } = judge(1, ['left'], [found('0', '1/5'), found('0', '2/9')])
    expect(repeated).toEqual(['0:left: 1/5 and 2/9'])
  })

  it('names a message that no event asked for', () => {
    expect(judge(1, ['left'], [found('0'), found('1')]).unexpected).toEqual(['1:left'])
  })
})
