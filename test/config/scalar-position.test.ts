import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Document, Scalar } from 'yaml'
import { placeInScalar } from '../../src/config/scalar-position.ts'
import { lineAndColumn } from '../../src/config/source.ts'
import { nodeAt, type ScalarNode } from '../../src/config/tree.ts'
import { parseSource } from '../../src/config/yaml-source.ts'

function scalarOf(text: string): ScalarNode {
  const { root } = parseSource({ file: 'test.yaml', text })
  const node = root === null ? undefined : nodeAt(root, ['value'])
  if (node?.kind !== 'scalar') throw new Error(`no scalar in ${text}`)
  return node
}

describe('placeInScalar', () => {
  it.each([
    ['a plain scalar', 'value: one X', '1:12'],
    ['a plain scalar over several lines', 'value: one\n  two\n\n  X', '4:3'],
    ['double quotes', 'value: "one X"', '1:13'],
    ['an escaped quote counts two', String.raw`value: "\"one\" X"`, '1:17'],
    ['an escaped code point counts six', String.raw`value: "\u00e9 X"`, '1:16'],
    ['a long escape that makes two units', String.raw`value: "\U0001F389 X"`, '1:20'],
    ['an escaped line break in double quotes', 'value: "one \\\n   X"', '2:4'],
    ['an escaped line break and an empty line', 'value: "one\\\n\n   X"', '3:4'],
    ['folded double quotes', 'value: "one  \n\n\n  two\n X"', '5:2'],
    ['single quotes', "value: 'one X'", '1:13'],
    ['a doubled single quote counts two', "value: 'it''s X'", '1:15'],
    ['a literal block', 'value: |\n  one\n    two\n\n  X', '5:3'],
    ['a literal block with deeper lines', 'value: |\n  one\n      X', '3:7'],
    ['a literal block with its own indentation', 'value: |2\n    one\n  X', '3:3'],
    ['a folded block', 'value: >-\n  one\n  two X', '3:7'],
    ['a folded block with a comment in its head', 'value: >- # why\n  one\n\n  X', '4:3'],
    ['a folded block with deeper lines', 'value: >\n  one\n\n    deep\n  X\n', '5:3'],
    ['Windows line breaks', 'value: >-\r\n  one\r\n  X\r\n', '3:3'],
    ['an emoji is two units wide', 'value: 🎉 X', '1:11'],
    ['an anchor before the value', 'value: &a one X', '1:15'],
  ])('finds a character in %s', (_, text, expected) => {
    const node = scalarOf(text)
    const { line, column } = lineAndColumn(placeInScalar(node, node.text?.indexOf('X') ?? -1))
    expect(`${line}:${column}`).toBe(expected)
  })

  it.each([
    ['plain', 'value: one', '1:11'],
    ['quoted', 'value: "one"', '1:12'],
    ['a block, before its last line break', 'value: |\n  one\n\nnext: x', '2:6'],
    ['nothing but white space', 'value: "  "', '1:8'],
  ])('puts the end of the text right behind it: %s', (_, text, expected) => {
    const node = scalarOf(text)
    const { line, column } = lineAndColumn(placeInScalar(node, node.text?.length ?? -1))
    expect(`${line}:${column}`).toBe(expected)
  })

  const letters = ['a', 'b', "'", '"', '\\', ':', '#', '{', 'é', '🎉', ' ', '\n', '\t', '-']
  const quotable = fc.string({ unit: fc.constantFrom(...letters), maxLength: 60 })
  const plain = fc.string({ unit: fc.constantFrom('a', 'é', '🎉', ' ', '\n'), maxLength: 60 })
  const anyScalar = fc.oneof(
    fc.record({ text: quotable, style: fc.constantFrom('QUOTE_SINGLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED') }),
    fc.record({ text: plain.map((text) => `a${text}`), style: fc.constant('PLAIN') }),
  )
  const lineWidths = fc.integer({ min: 10, max: 40 })

  function write(text: string, style: Scalar.Type, lineWidth: number): string {
    const scalar = new Scalar(text)
    scalar.type = style
    return new Document({ value: scalar }).toString({ lineWidth, minContentWidth: 5 })
  }

  function expectFound(written: string, visible: RegExp): void {
    const node = scalarOf(written)
    for (const [index, unit] of (node.text ?? '').split('').entries()) {
      if (visible.test(unit)) expect(written[placeInScalar(node, index).offset]).toBe(unit)
    }
  }

  it('finds every visible character, however the text is written', () => {
    fc.assert(
      fc.property(anyScalar, lineWidths, ({ text, style }, lineWidth) => {
        const written = write(text, style, lineWidth)
        expectFound(written, scalarOf(written).style === 'double' ? /[ab:#{é-]/ : /\S/)
      }),
      { seed: 7, numRuns: 3_000 },
    )
  })

  it('finds every character that double quotes leave as it is', () => {
    fc.assert(
      fc.property(quotable, lineWidths, (text, lineWidth) => {
        expectFound(write(text, 'QUOTE_DOUBLE', lineWidth), /[ab':#{é-]/)
      }),
      { seed: 7, numRuns: 3_000 },
    )
  })
})
