import fc from 'fast-check'

/** Keys that mean something: to the spec, or to JavaScript. */
const KEYS = [
  'type',
  'event',
  'userId',
  'anonymousId',
  'properties',
  'traits',
  'context',
  'integrations',
  'name',
  'total',
  'plan',
  'items',
  'value',
  'a',
  'b',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'toJSON',
  'length',
  'then',
  'hasOwnProperty',
  'All',
  'Slack',
  '',
  '0',
  '-1',
]

const LEAVES = [
  null,
  true,
  false,
  0,
  -0,
  1,
  42.5,
  -1,
  1e308,
  1e-9,
  9007199254740991,
  '',
  'track',
  'identify',
  'Order Completed',
  'pro',
  'x',
  '<!channel>',
  '&amp;',
  '{{ $.a }}',
  '\u202e',
  '\ud800',
  '🎉',
  'a'.repeat(5_000),
  '*'.repeat(100),
  'https://example.com/?a=1&b=2',
  '2026-01-31T08:00:00Z',
  'U024BE7LH',
]

const leaf = fc.oneof(fc.constantFrom(...LEAVES), fc.string({ unit: 'binary', maxLength: 12 }), fc.double())

const { tree } = fc.letrec<{ tree: unknown; list: unknown[]; map: unknown }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('list'), tie('map')),
  list: fc.array(tie('tree'), { maxLength: 4 }),
  map: fc
    .array(fc.tuple(fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 4 })), tie('tree')), {
      maxLength: 6,
    })
    .map(ownEntries),
}))

/** As JSON.parse makes them: `__proto__` is a key like any other. */
function ownEntries(entries: readonly (readonly [string, unknown])[]): unknown {
  const object = {}
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return object
}

/** JSON texts of events, most of them such as rules ask for. */
export const eventText: fc.Arbitrary<string> = fc
  .record(
    {
      type: fc.oneof(fc.constantFrom('track', 'identify', 'page'), tree),
      event: fc.oneof(fc.constantFrom('Order Completed', 'x'), tree),
      userId: tree,
      properties: tree,
      traits: tree,
      integrations: tree,
      more: tree,
    },
    { requiredKeys: [] },
  )
  .map((event) => JSON.stringify(event))

/** What such a text is read as; each call makes a new one. */
export function readEvent(text: string): unknown {
  return JSON.parse(text)
}
