import fc from 'fast-check'

/** A change of a text or of bytes, at a place that is a share of their length. */
interface Change<T> {
  kind: 'insert' | 'delete' | 'replace' | 'repeat' | 'move'
  at: number
  length: number
  piece: T
  times: number
}

function change<T>(piece: fc.Arbitrary<T>): fc.Arbitrary<Change<T>> {
  return fc.record({
    kind: fc.constantFrom('insert', 'delete', 'replace', 'repeat', 'move'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat({ max: 20 }),
    piece,
    times: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 4 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 300 }) },
    ),
  })
}

/** Real texts, changed in up to six places with pieces that mean something to their language. */
export function mutatedText(corpus: readonly string[], pieces: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 4 }))
  const changes = fc.array(change(piece), { maxLength: 6 })
  return fc
    .tuple(fc.constantFrom(...corpus), changes)
    .map(([text, list]) => list.reduce((changed, one) => applied(changed, one, joinText), text))
}

const byte = fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 0x22, 0x5c, 0x7b, 0x7d))

export function mutatedBytes(original: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const piece = fc.array(byte, { maxLength: 10 }).map((bytes) => Buffer.from(bytes))
  return fc
    .tuple(original, fc.array(change(piece), { maxLength: 6 }))
    .map(([bytes, list]) => list.reduce((changed, one) => applied(changed, one, joinBytes), bytes))
}

/** Only words of the language, in any order. */
export function soup(pieces: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
  )
  return fc
    .tuple(fc.array(piece, { maxLength: 30 }), fc.constantFrom('', ' '))
    .map(([all, between]) => all.join(between))
}

interface Sliceable<T> {
  readonly length: number
  slice(from: number, to?: number): T
}

type Join<T> = (parts: readonly T[]) => T

const joinText: Join<string> = (parts) => parts.join('')
const joinBytes: Join<Buffer> = (parts) => Buffer.concat(parts)

function applied<T extends Sliceable<T>>(
  value: T,
  { kind, at, length, piece, times }: Change<T>,
  join: Join<T>,
): T {
  const from = Math.floor(at * value.length)
  const to = Math.min(value.length, from + length)
  const [before, taken, after] = [value.slice(0, from), value.slice(from, to), value.slice(to)]
  const many = (one: T): T[] => Array.from({ length: times }, () => one)
  switch (kind) {
    case 'insert':
      return join([before, ...many(piece), taken, after])
    case 'delete':
      return join([before, after])
    case 'replace':
      return join([before, piece, after])
    case 'repeat':
      return join([before, ...many(taken), taken, after])
    case 'move':
      return join([before, after, taken])
  }
}
