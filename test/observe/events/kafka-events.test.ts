import { describe, expect, it } from 'vitest'
import { createKafkaEvents } from '../../../src/observe/events/kafka-events.ts'
import { testEventLines } from '../support/event-lines.ts'
import { observed } from '../support/observed.ts'
import { AWAY, REFUSED } from '../support/sample-events.ts'

testEventLines(createKafkaEvents, [
  {
    happens: (o) => o.commitFailed({ stage: 'dispatch', error: REFUSED }),
    level: 'warn',
    msg: 'dispatch could not commit its offsets and will do so later',
    fields: { event: 'commitFailed', stage: 'dispatch', error: { code: 'ECONNREFUSED' } },
    metric: ['bellhop_commit_failures_total', { stage: 'dispatch' }, 1],
  },
  {
    happens: (o) => o.writeFailed({ topic: 'bellhop.receipts', records: 3, error: REFUSED, retryInMs: 4000 }),
    level: 'warn',
    msg: 'could not write 3 records to bellhop.receipts; trying again in 4 s',
    fields: { event: 'writeFailed', topic: 'bellhop.receipts', records: 3, retry_in_ms: 4000 },
    metric: ['bellhop_write_failures_total', { topic: 'bellhop.receipts' }, 1],
  },
  {
    happens: (o) =>
      o.consumerCrashed({ stage: 'match', error: new TypeError('x is undefined'), restarting: false }),
    level: 'error',
    msg: 'the consumer of match crashed and will not restart',
    fields: { event: 'consumerCrashed', error: expect.objectContaining({ type: 'TypeError' }) },
    metric: ['bellhop_consumer_crashes_total', { stage: 'match' }, 1],
  },
  {
    happens: (o) => o.consumerCrashed({ stage: 'match', error: REFUSED, restarting: true }),
    level: 'error',
    msg: 'the consumer of match crashed and is being restarted',
    fields: { restarting: true },
  },
  {
    happens: (o) => o.brokerUnreachable(AWAY),
    level: 'warn',
    msg: 'broker 127.0.0.1:9092 cannot be reached (connect ECONNREFUSED 127.0.0.1:9092); trying again in 2 s',
    fields: { event: 'brokerUnreachable', brokers: ['127.0.0.1:9092'], retry_in_ms: 2000 },
    metric: ['bellhop_broker_failures_total', {}, 1],
  },
  {
    happens: (o) => o.brokerReached({ brokers: ['a:9092', 'b:9092'] }),
    level: 'info',
    msg: 'connected to brokers a:9092, b:9092',
    fields: { event: 'brokerReached', brokers: ['a:9092', 'b:9092'] },
    metric: ['bellhop_broker_reachable', {}, 1],
  },
  {
    happens: (o) => o.topicCreated({ topic: 'bellhop.dispatch', partitions: 12 }),
    level: 'info',
    msg: 'created topic bellhop.dispatch with 12 partitions',
    fields: { event: 'topicCreated', topic: 'bellhop.dispatch', partitions: 12 },
  },
])

describe('the broker', () => {
  it('is told to be back once, and its gauge follows', async () => {
    const { observer, lines, scrape } = observed()
    observer.brokerReached({ brokers: AWAY.brokers })
    observer.brokerReached({ brokers: AWAY.brokers })
    observer.brokerUnreachable(AWAY)
    expect((await scrape()).value('bellhop_broker_reachable')).toBe(0)
    observer.brokerReached({ brokers: AWAY.brokers })
    expect((await scrape()).value('bellhop_broker_reachable')).toBe(1)
    expect(lines().map(({ msg }) => msg)).toEqual([
      'connected to broker 127.0.0.1:9092',
      'broker 127.0.0.1:9092 cannot be reached (connect ECONNREFUSED 127.0.0.1:9092); trying again in 2 s',
      'connected to broker 127.0.0.1:9092',
    ])
  })
})
