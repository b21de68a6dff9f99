import { describe, expect, it } from 'vitest'
import { parseLogLine } from '../../../src/demo/processes/log-line.ts'
import { createOwnership, type Ownership } from '../../../src/demo/processes/ownership.ts'

const TOPIC = 'x.dispatch'

function tell(ownership: Ownership, process: string, fields: object): void {
  ownership.note(process, parseLogLine(JSON.stringify({ level: 'debug', topic: TOPIC, ...fields })))
}

const claim = (ownership: Ownership, process: string, partition: number, atMs = 0): void =>
  tell(ownership, process, { event: 'partitionClaimed', partition, time: new Date(atMs).toISOString() })

describe('who works on which partition', () => {
  it('follows claims and losses, whatever order they are read in', () => {
    const ownership = createOwnership(TOPIC)
    for (const partition of [0, 1, 2]) claim(ownership, 'one', partition)
    claim(ownership, 'two', 2)
    tell(ownership, 'one', { event: 'partitionLost', partition: 2 })
    tell(ownership, 'one', { event: 'partitionLost', partition: 1 })
    expect([ownership.of('one'), ownership.of('two')]).toEqual([[0], [2]])
  })

  it('heeds no other topic', () => {
    const ownership = createOwnership(TOPIC)
    tell(ownership, 'one', { event: 'partitionClaimed', topic: 'x.events', partition: 0 })
    expect(ownership.of('one')).toEqual([])
  })

  it('says when all that a killed process had is worked on again', () => {
    const ownership = createOwnership(TOPIC)
    for (const partition of [0, 1, 2]) claim(ownership, 'two', partition, 1_000)
    claim(ownership, 'one', 3, 1_000)
    expect(ownership.orphan('two')).toEqual([0, 1, 2])
    expect(ownership.adoptedAtMs).toBeNull()
    claim(ownership, 'one', 0, 7_500)
    claim(ownership, 'three', 2, 8_250)
    claim(ownership, 'one', 3, 9_000)
    expect([...ownership.orphans]).toEqual([1])
    claim(ownership, 'one', 1, 8_000)
    expect([ownership.orphans.size, ownership.adoptedAtMs]).toEqual([0, 8_250])
  })

  it('counts among what a killed process leaves what it was just letting go', () => {
    const ownership = createOwnership(TOPIC)
    for (const partition of [0, 1, 2, 3]) claim(ownership, 'two', partition)
    for (const partition of [1, 2, 3]) tell(ownership, 'two', { event: 'partitionLost', partition })
    tell(ownership, 'two', { event: 'partitionReleased', partition: 1, complete: true })
    claim(ownership, 'one', 2)
    expect(ownership.of('two')).toEqual([0])
    expect(ownership.orphan('two')).toEqual([0, 3])
    expect([...ownership.orphans]).toEqual([0, 3])
  })

  it('knows what a process has lost to others before its posts were on record', () => {
    const ownership = createOwnership(TOPIC)
    const left = { event: 'partitionReleased', time: new Date(5_000).toISOString() }
    tell(ownership, 'one', { ...left, partition: 2, complete: true })
    tell(ownership, 'one', { ...left, partition: 3, complete: false })
    expect(ownership.lapses).toEqual([{ partition: 3, leftAtMs: 5_000 }])
  })

  it('knows who posted last to a destination', () => {
    const ownership = createOwnership(TOPIC)
    tell(ownership, 'one', { event: 'messageDelivered', destination: 'sales' })
    tell(ownership, 'two', { event: 'messageDeadLettered', destination: 'sales' })
    tell(ownership, 'one', { event: 'messageQueued', destination: 'sales' })
    expect([ownership.posterOf('sales'), ownership.posterOf('nps')]).toEqual(['two', null])
  })
})
