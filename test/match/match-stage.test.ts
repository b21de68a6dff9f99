import { expect, it, vi } from 'vitest'
import { topicNames } from '../../src/core/topic-names.ts'
import type { Admin, Kafka } from '../../src/kafka/client.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'
import { createMatchStage } from '../../src/match/match-stage.ts'
import { NO_SCHEMAS } from '../../src/registry/schema-store.ts'
import { testConfig } from '../support/config.ts'
import { silentObserver } from '../support/recording-observer.ts'

it('does not join its group once it is told to stop before its offsets are settled', async () => {
  const connect = vi.fn(async () => undefined)
  const consumer = { events: {}, on: () => undefined, connect, subscribe: connect, run: connect }
  const stage = createMatchStage({
    config: testConfig(),
    kafka: { consumer: () => consumer } as unknown as Kafka,
    admin: {} as Admin,
    topics: topicNames('bellhop'),
    codecs: createRecordCodecs(),
    schemas: NO_SCHEMAS,
    observer: silentObserver(),
    clock: { nowMs: () => 0, monotonicMs: () => 0 },
    random: () => 0,
    startOverride: null,
    signal: AbortSignal.abort(),
    onFatal: () => undefined,
  })
  await stage.start()
  expect(connect).not.toHaveBeenCalled()
})
