import type { KafkaConfig } from '../config/config.ts'
import { CANARY_HEADER } from '../core/own-actions.ts'
import type { ProducedRecord } from '../kafka/event-producer.ts'

/** Over so many keys it is spread, so that it comes through all partitions in turn; a compacted topic keeps no more. */
const KEYS = 64

/** Where it is sent: the first topic in JSON; where all are in Avro, the first. */
export function canaryTopic({ events }: Pick<KafkaConfig, 'events'>): { topic: string; isJson: boolean } {
  const found = events.find(({ format }) => format === 'json') ?? events[0]
  return { topic: found?.topic ?? '', isJson: found?.format === 'json' }
}

/**
 * The canary as it lies in the events topic. Whoever else reads the topic sees a track call that is meant for nobody;
 * in Avro, which nobody but the owner of a schema can write, a record without a value.
 *
 * @param nth which one it is, by the clock: the same in every process.
 */
export function canaryEvent(canary: {
  prefix: string
  nth: number
  timestampMs: number
  isJson: boolean
}): ProducedRecord {
  const { prefix, nth, timestampMs, isJson } = canary
  const event = {
    type: 'track',
    event: 'bellhop canary',
    anonymousId: 'bellhop-canary',
    messageId: `bellhop-canary-${prefix}-${nth}`,
    timestamp: new Date(timestampMs).toISOString(),
    properties: {},
    integrations: { All: false },
  }
  return {
    key: `bellhop-canary-${nth % KEYS}`,
    value: isJson ? JSON.stringify(event) : null,
    headers: { [CANARY_HEADER]: prefix },
    timestampMs,
  }
}
