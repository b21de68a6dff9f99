import { createMatchExplainer } from '../../../../src/author/explain-match.ts'
import type { Config } from '../../../../src/config/config.ts'
import type { DispatchRecord, Receipt } from '../../../../src/core/records.ts'
import { topicNames } from '../../../../src/core/topic-names.ts'
import { createEventFormats } from '../../../../src/event/event-formats.ts'
import type { Evidence, Hop, Trail } from '../../../../src/observe/explain/evidence.ts'
import type { Telling } from '../../../../src/observe/explain/telling.ts'
import { NO_SCHEMAS } from '../../../../src/registry/schema-store.ts'
import { testAction, testConfig } from '../../../support/config.ts'
import { dispatchRecord, receiptOf, T0 } from './sample-records.ts'

export const LANE = 'https://hooks.slack.com/0cc175b9c0f1b6a831c399e269772661'

export const config = testConfig({
  actions: [
    testAction({ id: 'to-sales', trigger: 'type = "track" and properties.total > 100' }),
    testAction({ id: 'page', trigger: 'type = "page"' }),
  ],
})

export function telling(change: Partial<Telling> = {}): Telling {
  return { config, topics: topicNames('bellhop'), nowMs: T0 + 600_000, configPath: null, ...change }
}

/** Event 7, produced at T0 and read, of which nothing was made. */
export function evidence(
  change: Partial<Evidence> & { value?: object | string; by?: Config } = {},
): Evidence {
  const {
    value = { type: 'track', event: 'Order', properties: { total: 500 } },
    by = config,
    ...rest
  } = change
  const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  const place = { topic: 'events', partition: 0, offset: 7 }
  const record = { ...place, timestamp: T0, key: null, value: bytes, headers: [] }
  return {
    place,
    event: { kind: 'read', record },
    explained: createMatchExplainer(by, createEventFormats(by.kafka.events, NO_SCHEMAS))(record),
    isCanary: false,
    match: { committed: 100, isRunning: true },
    beganMs: null,
    trails: [],
    others: [],
    isHidden: false,
    letters: [],
    controls: [],
    nowMs: T0 + 600_000,
    ...rest,
  }
}

export function hop(change: Partial<Hop> = {}): Hop {
  const record = change.record ?? dispatchRecord()
  return {
    partition: 3,
    offset: 311,
    timestamp: T0 + 40,
    key: LANE,
    record,
    final: finalOf(record),
    repeats: [],
    holds: [],
    before: 0,
    waiting: null,
    ...change,
  }
}

export function finalOf(record: DispatchRecord, change: Partial<Receipt> = {}): Receipt {
  return receiptOf(record, { dispatch_partition: 3, dispatch_offset: 311, lane: LANE, ...change })
}

export function trail(...hops: Hop[]): Trail {
  return { id: hops[0]?.record.id ?? '', hops }
}
