import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createEventFormats, type EventFormats } from '../../src/event/event-formats.ts'
import { createMatcher } from '../../src/match/match-event.ts'
import { HEADER, SCHEMA_ID, typeOf } from '../support/avro.ts'
import { testAction, testConfig } from '../support/config.ts'

const NAMES = ['A', 'B', 'say "B"']
const TYPES = ['track', 'page']

const SCHEMAS = [
  { type: { type: 'enum', name: 'Kind', symbols: TYPES }, event: 'string' },
  { type: ['null', 'string'], event: ['null', 'string'] },
  { type: 'string' },
  { event: 'string', type: 'string' },
].map((fields) =>
  typeOf({
    type: 'record',
    name: 'Event',
    fields: [
      { name: 'before', type: ['null', 'string'] },
      ...Object.entries(fields).map(([name, type]) => ({ name, type })),
      { name: 'properties', type: { type: 'map', values: 'string' } },
    ],
  }),
)

const name = fc.constantFrom(...NAMES)
const type = fc.constantFrom(...TYPES)
const quoted = name.map((text) => `'${text}'`)
const condition = fc.oneof(
  quoted.map((text) => `event = ${text}`),
  quoted.map((text) => `event != ${text}`),
  type.map((text) => `type = "${text}"`),
  fc.array(quoted, { minLength: 1, maxLength: 2 }).map((texts) => `event in [${texts.join(', ')}]`),
  fc.constant('properties.x = "1"'),
)
const trigger = fc
  .tuple(condition, fc.constantFrom('and', 'or'), condition)
  .map(([left, operator, right]) => `${left} ${operator} ${right}`)

const event = fc.record({
  before: fc.constantFrom(null, 'event', '"event":"A"'),
  type,
  event: name,
  properties: fc.constantFrom({}, { x: '1' }, { event: 'A' }),
})

it('a look at type and name finds the same messages as decoding every event', () => {
  const run = { pairs: 0, matched: 0 }
  fc.assert(
    fc.property(
      fc.array(trigger, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(event, fc.constantFrom(...SCHEMAS)), { minLength: 1, maxLength: 6 }),
      (triggers, events) => {
        const config = testConfig({
          actions: triggers.map((each, index) =>
            testAction({ id: `a${index}`, trigger: each, message: 'x' }),
          ),
        })
        config.kafka = {
          ...config.kafka,
          events: [{ topic: 'events', format: 'avro', map: null, start: { at: 'latest' } }],
        }
        for (const [written, writer] of events) {
          const formats = createEventFormats(config.kafka.events, {
            get: (id) => (id === SCHEMA_ID ? writer : 'unknown'),
          })
          const record = {
            ...{ topic: 'events', partition: 0, offset: 1, timestamp: 0, key: null, headers: [] },
            value: Buffer.concat([HEADER, writer.toBuffer(written)]),
          }
          const matched = createMatcher(config, formats)(record)
          run.pairs += triggers.length
          run.matched += matched.actions.length
          expect(matched).toEqual(createMatcher(config, unpeeked(formats))(record))
        }
      },
    ),
    { numRuns: 300 },
  )
  expect(run.matched / run.pairs).toBeGreaterThan(0.2)
})

function unpeeked(formats: EventFormats): EventFormats {
  return (topic) => {
    const { missingSchema, decode } = formats(topic)
    return { missingSchema, decode }
  }
}
