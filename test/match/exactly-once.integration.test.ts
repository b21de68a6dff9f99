import { describe, expect, it } from 'vitest'
import { runFaults } from '../faults/support/match-faults.ts'
import { testBrokers } from '../support/kafka.ts'
import { useProcesses } from '../support/processes.ts'

/** The short form of test/faults/exactly-once.faults.test.ts; BELLHOP_SEED repeats a run. */
const seed = Number(process.env.BELLHOP_SEED ?? 20)

describe('the match stage, killed and frozen a few times', () => {
  const processes = useProcesses()

  it('queues every message exactly once', async () => {
    const print = (line: string): void => void process.stderr.write(`${line}\n`)
    print(`seed ${seed}`)
    const report = await runFaults({
      brokers: testBrokers(),
      seed,
      kills: 2,
      freezes: 1,
      start: (config) =>
        processes.bellhop(['run', '-c', config, '--stages', 'match', '--http', '127.0.0.1:0']),
      print,
    })
    const { expected, found, missing, repeated, unexpected } = report
    expect({ missing, repeated, unexpected }).toEqual({ missing: [], repeated: [], unexpected: [] })
    expect(expected).toBeGreaterThan(1_000)
    expect(found).toBe(expected)
  }, 120_000)
})
