import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { testBrokers } from '../support/kafka.ts'
import { useProcesses } from '../support/processes.ts'
import { runFaults } from './support/match-faults.ts'
import { print, seedOfRun } from './support/runs.ts'

const WITHOUT_TRANSACTIONS = fileURLToPath(
  new URL('./support/match-without-transactions.ts', import.meta.url),
)

const seed = seedOfRun()

describe('the match stage, killed and frozen under load', () => {
  const processes = useProcesses()

  it('queues every message exactly once', async () => {
    print(`seed ${seed}`)
    const report = await runFaults({
      brokers: testBrokers(),
      seed,
      kills: 16,
      freezes: 4,
      start: (config) =>
        processes.bellhop(['run', '-c', config, '--stages', 'match', '--http', '127.0.0.1:0']),
      print,
    })
    const { events, expected, insideTransaction, missing, repeated, unexpected } = report
    print(
      `${events} events, ${expected} messages, ${insideTransaction} of 20 faults inside an open transaction`,
    )
    expect({ missing, repeated, unexpected }).toEqual({ missing: [], repeated: [], unexpected: [] })
    expect(report.found).toBe(expected)
    expect(insideTransaction).toBeGreaterThanOrEqual(5)
  })

  it('repeats messages with transactions off: the run can tell', async () => {
    const report = await runFaults({
      brokers: testBrokers(),
      seed,
      kills: 6,
      freezes: 0,
      start: (config) => processes.node([WITHOUT_TRANSACTIONS, config]),
      print,
    })
    print(`without transactions: ${report.repeated.length} of ${report.expected} messages repeated`)
    expect(report.repeated.length).toBeGreaterThan(0)
  })
})
