import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { serializeError } from '../../src/observe/serialize-error.ts'

const whole = (text: string) => text

/** An error as kafkajs makes it: https://github.com/tulios/kafkajs/blob/v2.2.4/src/errors.js. */
function protocolError(): Error {
  const error = Object.assign(new Error('Specified group generation id is not valid'), {
    retriable: false,
    type: 'ILLEGAL_GENERATION',
    code: 22,
    broker: 'b:9092',
  })
  error.name = 'KafkaJSProtocolError'
  return error
}

it.each<[string, unknown, object]>([
  [
    'an AppError with its code',
    new AppError('port_taken', 'port 1 is taken'),
    { type: 'AppError', code: 'port_taken', message: 'port 1 is taken' },
  ],
  [
    'a system error with its code, without its address fields',
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9092'), {
      code: 'ECONNREFUSED',
      address: '127.0.0.1',
    }),
    { type: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:9092' },
  ],
  [
    "an error of Kafka's protocol with its name in place of its number",
    protocolError(),
    {
      type: 'KafkaJSProtocolError',
      code: 'ILLEGAL_GENERATION',
      message: 'Specified group generation id is not valid',
    },
  ],
  ['a numeric code', Object.assign(new Error('x'), { code: 90 }), { type: 'Error', code: 90, message: 'x' }],
  [
    'a code that is neither text nor number is left out',
    Object.assign(new Error('x'), { code: { secret: 1 } }),
    { type: 'Error', message: 'x' },
  ],
  [
    'the causes',
    new Error('a', { cause: new Error('b', { cause: 'c' }) }),
    {
      type: 'Error',
      message: 'a',
      cause: { type: 'Error', message: 'b', cause: { type: 'string', message: 'c' } },
    },
  ],
  [
    'the first three members of an AggregateError',
    new AggregateError([new Error('1'), new Error('2'), new Error('3'), new Error('4')], 'all'),
    {
      type: 'AggregateError',
      message: 'all',
      errors: ['1', '2', '3'].map((message) => ({ type: 'Error', message })),
    },
  ],
  ['a thrown string', 'boom', { type: 'string', message: 'boom' }],
  ['a thrown undefined', undefined, { type: 'undefined', message: 'undefined' }],
  ['a thrown null', null, { type: 'object', message: 'null' }],
  ['a thrown symbol', Symbol('s'), { type: 'symbol', message: 'Symbol(s)' }],
  ['a thrown secret', new Secret('abcdefgh'), { type: 'object', message: '<redacted>' }],
  [
    'a thrown object, without reading it',
    { password: 'abcdefgh', toString: () => 'abcdefgh' },
    { type: 'object', message: 'an object that is no Error was thrown' },
  ],
])('says %s', (_, thrown, expected) => {
  expect(serializeError(thrown, whole)).toEqual(expected)
})

describe('causes', () => {
  it('end after five, though they go round in a circle', () => {
    const error = new Error('round')
    error.cause = error
    expect(JSON.stringify(serializeError(error, whole)).match(/round/g)).toHaveLength(5)
  })

  it('of aggregates of aggregates stay few', () => {
    let error = new Error('leaf')
    for (let i = 0; i < 20; i += 1) error = new AggregateError([error, error, error, error], 'branch')
    expect(JSON.stringify(serializeError(error, whole)).length).toBeLessThan(10_000)
  })
})

it('says where a bug was thrown, and nothing of the message again', () => {
  const { frames = [] } = serializeError(new TypeError('x is not a function\n    at forged (a.ts:1)'), whole)
  expect(frames[0]).toMatch(/^at .*serialize-error\.test\.ts:\d+:\d+\)?$/)
  expect(frames.join('\n')).not.toContain('forged')
})

it('shortens every text of the error', () => {
  const error = new Error('long', { cause: new Error('longer') })
  expect(serializeError(error, (text) => text.slice(0, 2))).toEqual({
    type: 'Er',
    message: 'lo',
    cause: { type: 'Er', message: 'lo' },
  })
})
