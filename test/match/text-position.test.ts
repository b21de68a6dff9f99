import { describe, expect, it } from 'vitest'
import { complain, positionAt } from '../../src/match/text-position.ts'

describe('complain', () => {
  it('says where, what, and shows the line with a caret', () => {
    const error = complain('type * "x"', 5, 'expected an operator, found `*`')
    expect(error.message).toBe('line 1, column 6: expected an operator, found `*`\n  type * "x"\n       ^')
    expect(error).toMatchObject({ line: 1, column: 6, offset: 5, reason: 'expected an operator, found `*`' })
  })

  it('keeps tabs before the caret, so that it stands under its character', () => {
    expect(complain('\tevent\t== 1', 8, 'no').message).toBe(
      'line 1, column 9: no\n  \tevent\t== 1\n  \t     \t ^',
    )
  })

  it('shows only the line of the error', () => {
    expect(complain('a = 1\r\nand b ==\nor c', 14, 'no').message).toBe(
      'line 2, column 8: no\n  and b ==\n         ^',
    )
  })

  it('cuts a long line on both sides of the caret', () => {
    const text = `${'a'.repeat(1000)}!${'b'.repeat(1000)}`
    const [, line = '', caret = ''] = complain(text, 1000, 'no').message.split('\n')
    expect(line).toBe(`  …${'a'.repeat(60)}!${'b'.repeat(39)}…`)
    expect(line.charAt(caret.length - 1)).toBe('!')
  })

  it('hides control characters from the terminal', () => {
    const { message, reason } = complain('a = \u001b[31m', 4, 'found `\u001b`')
    expect(message).toContain('a = \uFFFD[31m')
    expect(reason).toBe('found `\uFFFD`')
  })
})

describe('positionAt', () => {
  it.each([
    { name: 'the start', text: 'abc', offset: 0, line: 1, column: 1 },
    { name: 'behind the end', text: 'abc', offset: 3, line: 1, column: 4 },
    { name: 'after LF', text: 'a\nb', offset: 2, line: 2, column: 1 },
    { name: 'after CRLF, which is one end of line', text: 'a\r\n\r\nb', offset: 5, line: 3, column: 1 },
    { name: 'after CR', text: 'a\rb', offset: 2, line: 2, column: 1 },
    {
      name: 'a character of two UTF-16 units is two columns, as in editors',
      text: '🎉x',
      offset: 2,
      line: 1,
      column: 3,
    },
  ])('$name', ({ text, offset, line, column }) => {
    expect(positionAt(text, offset)).toEqual({ offset, line, column })
  })
})
