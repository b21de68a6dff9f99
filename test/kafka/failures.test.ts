import kafkajs from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import {
  describeFailure,
  hasErrorType,
  isConcurrentTransactions,
  isCoordinatorMoving,
  isFenced,
  isKafkaFailure,
} from '../../src/kafka/failures.ts'

class ProtocolError extends Error {
  readonly type: string | undefined
  readonly code: number | undefined

  constructor(kind: { type?: string; code?: number }) {
    super('protocol error')
    this.type = kind.type
    this.code = kind.code
  }
}

/** The ways in which kafkajs wraps an error. */
const WRAPPINGS: [string, (error: unknown) => unknown][] = [
  ['alone', (error) => error],
  ['as a cause', (cause) => new Error('gave up', { cause })],
  ['as the original error', (originalError) => ({ message: 'retries exceeded', originalError })],
  ['among several', (error) => ({ errors: [new Error('another'), error] })],
  [
    'three deep',
    (error) => new Error('a', { cause: { originalError: { errors: [new Error('b', { cause: error })] } } }),
  ],
]

describe.each(WRAPPINGS)('a protocol error %s', (_how, wrap) => {
  it.each([
    ['its type PRODUCER_FENCED', { type: 'PRODUCER_FENCED' }, isFenced],
    ['its type INVALID_PRODUCER_EPOCH', { type: 'INVALID_PRODUCER_EPOCH' }, isFenced],
    ['the code 90, which kafkajs has no name for', { code: 90 }, isFenced],
    ['the code 47', { code: 47 }, isFenced],
    ['its type CONCURRENT_TRANSACTIONS', { type: 'CONCURRENT_TRANSACTIONS' }, isConcurrentTransactions],
    ['its type NOT_COORDINATOR_FOR_GROUP', { type: 'NOT_COORDINATOR_FOR_GROUP' }, isCoordinatorMoving],
    ['its type GROUP_LOAD_IN_PROGRESS', { type: 'GROUP_LOAD_IN_PROGRESS' }, isCoordinatorMoving],
  ])('is known by %s, and taken for nothing else', (_what, kind, knows) => {
    const error = wrap(new ProtocolError(kind))
    const held = [isFenced, isConcurrentTransactions, isCoordinatorMoving].filter((test) => test(error))
    expect(held).toEqual([knows])
    if ('type' in kind) expect(hasErrorType(error, kind.type)).toBe(true)
    expect(hasErrorType(error, 'TOPIC_AUTHORIZATION_FAILED')).toBe(false)
  })
})

it.each([
  [undefined],
  [null],
  ['PRODUCER_FENCED'],
  [90],
  [{}],
  [new Error('PRODUCER_FENCED')],
])('takes no other value for a protocol error: %j', (value) => {
  expect([isFenced(value), isConcurrentTransactions(value), isCoordinatorMoving(value)]).toEqual([
    false,
    false,
    false,
  ])
})

it('ends on an error that is its own cause', () => {
  const error: Error = new Error('round')
  error.cause = error
  expect(isFenced(error)).toBe(false)
})

it('tells failures of Kafka from a person’s setup and from bugs', () => {
  expect(isKafkaFailure(new kafkajs.KafkaJSError('Connection error'))).toBe(true)
  const cause = new kafkajs.KafkaJSError('not authorised')
  expect(isKafkaFailure(new kafkajs.KafkaJSAggregateError('Topic creation errors', [cause]))).toBe(true)
  expect(isKafkaFailure(new AppError('topic_missing', 'create it', { cause }))).toBe(false)
  expect(isKafkaFailure(new TypeError('undefined is not a function'))).toBe(false)
})

it('describes a failure by its innermost message', () => {
  const refused = new Error('connect ECONNREFUSED 127.0.0.1:9092')
  expect(describeFailure(new Error('retries exceeded', { cause: refused }))).toBe(refused.message)
  expect(describeFailure('no broker')).toBe('no broker')
})
