import { expect, it } from 'vitest'
import { compileEventMap } from '../../src/event/map-event.ts'

type Paths = Parameters<typeof compileEventMap>[0]['paths']

const NAME: Paths = [{ field: 'event', path: '$.eventName' }]

it.each([
  [
    'a path fills a field',
    NAME,
    { eventName: 'A', x: 1 },
    { event: 'A', eventName: 'A', x: 1, type: 'track' },
  ],
  ['a path that finds nothing leaves the own field', NAME, { event: 'B' }, { event: 'B', type: 'track' }],
  [
    'what a path finds goes over the own field',
    NAME,
    { event: 'B', eventName: 'A' },
    { event: 'A', eventName: 'A', type: 'track' },
  ],
  [
    "the record's own type stays",
    NAME,
    { eventName: 'A', type: 'page' },
    { event: 'A', eventName: 'A', type: 'page' },
  ],
  [
    'a type of null is none',
    NAME,
    { eventName: 'A', type: null },
    { event: 'A', eventName: 'A', type: 'track' },
  ],
  [
    'without a mapped name no type is made up',
    [{ field: 'userId', path: '$.customer.id' }] as Paths,
    { customer: { id: 7 } },
    { customer: { id: 7 }, userId: 7 },
  ],
  [
    'the whole record can be the properties',
    [{ field: 'properties', path: '$' }] as Paths,
    { a: 1 },
    { a: 1, properties: { a: 1 } },
  ],
  [
    'of several values the first counts, and of none none',
    [
      { field: 'userId', path: '$.ids[*]' },
      { field: 'messageId', path: '$.nothing[*]' },
    ] as Paths,
    { ids: ['u', 'v'], messageId: 'm' },
    { ids: ['u', 'v'], messageId: 'm', userId: 'u' },
  ],
])('%s', (_what, paths, record, event) => {
  expect(compileEventMap({ type: null, paths })(record)).toEqual(event)
})

it.each([
  ['for all events', { is: 'identify' }, { type: 'page' }, 'identify'],
  ['by a path', { path: '$.kind' }, { kind: 'screen' }, 'screen'],
  ['by a path that finds nothing: the own one', { path: '$.kind' }, { type: 'page' }, 'page'],
] as const)('the type is given %s', (_how, type, record, expected) => {
  expect(compileEventMap({ type, paths: [] })(record).type).toBe(expected)
})

it('leaves the record as it is, and reaches no prototype', () => {
  const record = JSON.parse('{"__proto__":{"event":"x"},"eventName":"A"}')
  const event = compileEventMap({ type: null, paths: NAME })(record)

  expect(Object.keys(record)).toEqual(['__proto__', 'eventName'])
  expect(Object.getPrototypeOf(event)).toBe(Object.prototype)
  expect(Object.getOwnPropertyDescriptor(event, '__proto__')?.value).toEqual({ event: 'x' })
})
