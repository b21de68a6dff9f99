import { describe, expect, it } from 'vitest'
import { createRecordCodecs } from '../../../src/kafka/record-codec.ts'
import {
  createProcessStatus,
  type ProcessFacts,
  processName,
} from '../../../src/observe/status/process-status.ts'
import { laneOf, NOW } from '../overview/support/records.ts'

const facts: ProcessFacts = {
  identity: { process: 'host-1-00ff', host: 'host', pid: 1, version: '1.0.0', startedAt: NOW - 60_000.5 },
  configVersion: 'abcdef012345',
  stages: [],
  readiness: { ok: true, components: [] },
  deadLetters: 3,
  reload: { at: NOW, result: 'applied', detail: null },
  notified: [{ cause: 'dead_letters', at: NOW }],
}

function stageWith(lanes: ReturnType<typeof laneOf>[]): ProcessFacts['stages'][number] {
  const partition = { stage: 'dispatch', topic: 't', partition: 3, position: 7, lag: 2, trouble: null }
  return { name: 'dispatch', partitions: () => [partition], lanes: () => lanes }
}

describe('what a process says of itself', () => {
  it('fits its schema and comes back whole', () => {
    const status = createProcessStatus({ ...facts, stages: [stageWith([laneOf('a', { waiting: 2 })])] }, NOW)
    const { encode, decode } = createRecordCodecs().status
    expect(decode(Buffer.from(encode(status)))).toEqual({ kind: 'record', record: status })
    expect(status).toMatchObject({ waiting: 2, lanes_total: 1, dead_letters: 3, stages: ['dispatch'] })
    expect(status.partitions).toEqual([
      { stage: 'dispatch', topic: 't', partition: 3, position: 7, lag: 2, trouble: null },
    ])
  })

  it('says why it is not ready, by component', () => {
    const components = [
      { name: 'dispatch', state: 'not_ready' as const, reason: 'not in its consumer group' },
      { name: 'broker', state: 'ready' as const, reason: null },
    ]
    const { ready, trouble } = createProcessStatus({ ...facts, readiness: { ok: false, components } }, NOW)
    expect({ ready, trouble }).toEqual({ ready: false, trouble: ['dispatch: not in its consumer group'] })
  })

  it('tells of the thousand lanes most in trouble, and how many there are', () => {
    const lanes = Array.from({ length: 3_000 }, (_, nth) => laneOf(`d${nth}`, { waiting: nth }))
    lanes.push(laneOf('broken', { breaker: 'open' }))
    const status = createProcessStatus({ ...facts, stages: [stageWith(lanes)] }, NOW)
    expect(status.lanes_total).toBe(3_001)
    expect(status.lanes).toHaveLength(1_000)
    expect(status.lanes.slice(0, 2).map(({ lane }) => lane)).toEqual(['lane/broken', 'lane/d2999'])
    expect(status.waiting).toBe(4_498_500)
  })

  it('names few of the many destinations that may share a lane', () => {
    const destinations = Array.from({ length: 500 }, (_, nth) => `d${nth}`)
    const status = createProcessStatus(
      { ...facts, stages: [stageWith([laneOf('a', { destinations })])] },
      NOW,
    )
    expect(status.lanes[0]?.destinations).toHaveLength(20)
  })
})

it.each([
  ['names host, process and a few digits', 'web-1.example', 'web-1.example-4711-00ff'],
  ['keeps no character that a terminal or a key could take amiss', 'a b\u001b[31m/é', 'a_b_31m_-4711-00ff'],
])('a process name %s', (_, host, expected) => {
  expect(processName(host, 4_711, 0x00ff / 0x10000)).toBe(expected)
})
