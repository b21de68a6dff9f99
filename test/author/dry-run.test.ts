import { setTimeout as later } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type DryRunDeps, dryRunTopic, emptyTotals, formatTotals } from '../../src/author/dry-run.ts'
import type { Config } from '../../src/config/config.ts'
import type { EventRecord } from '../../src/event/event.ts'
import { createEventFormats } from '../../src/event/event-formats.ts'
import type { FollowedPortion, TopicFollower } from '../../src/kafka/topic-follower.ts'
import { createMatcher } from '../../src/match/match-event.ts'
import { NO_SCHEMAS } from '../../src/registry/schema-store.ts'
import { testAction, testConfig } from '../support/config.ts'

function portion(partition: number, ...values: readonly string[]): FollowedPortion<EventRecord> {
  const records = values.map((value, offset) => ({
    topic: 'events',
    partition,
    offset,
    timestamp: 1,
    key: null,
    value: Buffer.from(value),
    headers: [],
  }))
  return { partition, records }
}

/** Gives these, and stops the run when it is asked for more. */
function followerOf(
  portions: readonly FollowedPortion<EventRecord>[],
  stop: () => void,
): TopicFollower<EventRecord> {
  const left = [...portions]
  return {
    topic: 'events',
    async poll() {
      await later()
      const next = left.shift()
      if (next === undefined) stop()
      return next === undefined ? [] : [next]
    },
    close: async () => undefined,
  }
}

async function dryRunOf(config: Config, ...portions: readonly FollowedPortion<EventRecord>[]) {
  const stopped = new AbortController()
  const formats = createEventFormats(config.kafka.events, NO_SCHEMAS)
  const told: string[] = []
  const deps: DryRunDeps = {
    match: createMatcher(config, formats),
    formats,
    schemas: NO_SCHEMAS,
    patiently: (work) => work(),
    message: ({ id, message: { text } }) => told.push(`${id} ${text}`),
    failure: ({ partition, offset }, { cause, action }) =>
      told.push(`${partition}:${offset} ${cause} ${action}`),
    signal: stopped.signal,
  }
  const totals = emptyTotals()
  await dryRunTopic(
    followerOf(portions, () => stopped.abort()),
    deps,
    totals,
  )
  return { told, totals }
}

describe('a dry run', () => {
  const config = testConfig({
    actions: [
      testAction({ id: 'all', trigger: 'type = "track"', message: '{{ event }}' }),
      testAction({ id: 'order', trigger: 'event = "Order"', message: '{{ properties.name }}' }),
    ],
  })

  it('tells what would be posted and what would not, and counts both', async () => {
    const { told, totals } = await dryRunOf(
      config,
      portion(0, '{"type":"track","event":"Order","properties":{"name":"tea"}}', '[1]'),
      portion(1, '{"type":"track","event":"Other"}', '{"type":"track","event":"Order"}'),
    )
    expect(told).toEqual([
      'events:0:0:all:sales Order',
      'events:0:0:order:sales tea',
      '0:1 not_an_object null',
      'events:1:0:all:sales Other',
      'events:1:1:all:sales Order',
      '1:1 empty_message order',
    ])
    expect(formatTotals(totals)).toEqual([
      'dry run: 4 events read, 4 messages would have been posted, 2 would have gone to dead letters',
      '  3  all -> sales',
      '  1  order -> sales',
    ])
  })

  it('does not speak of canaries, its own or of others', async () => {
    const { partition, records } = portion(0, '{"type":"track"}', '[1]')
    const canaries = records.map((record, nth) => ({
      ...record,
      headers: [{ name: 'bellhop-canary', value: Buffer.from(['bellhop', 'other'][nth] ?? '') }],
    }))
    const withCanary = { ...config, canary: { destination: 'sales', everyMs: 5_000 } }
    const { told, totals } = await dryRunOf(withCanary, { partition, records: canaries })

    expect(told).toEqual([])
    expect(totals).toEqual(emptyTotals())
  })

  it('that saw nothing says so', async () => {
    const { totals } = await dryRunOf(config)
    expect(formatTotals(totals)).toEqual(['dry run: no events read, no messages would have been posted'])
  })
})
