import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createLocator, lineAndColumn } from '../../src/config/source.ts'

it('a locator says of every place what lineAndColumn says, also of several sources in turn', () => {
  const text = fc.array(fc.constantFrom('a', ': ', '\n', '\r\n', '😀', '')).map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, text, (one, other) => {
      const locate = createLocator()
      const sources = [
        { file: 'a.yaml', text: one },
        { file: 'a.yaml', text: other },
      ]
      for (let offset = 0; offset <= Math.max(one.length, other.length); offset += 1) {
        for (const source of sources.filter(({ text: all }) => offset <= all.length)) {
          expect(locate({ source, offset })).toEqual(lineAndColumn({ source, offset }))
        }
      }
    }),
  )
})
