import { describe, expect, it } from 'vitest'
import { OwnerWriter } from '../../src/kafka/owner-writer.ts'
import type { OutgoingRecord } from '../../src/kafka/transactional-writer.ts'

function record(key: string): OutgoingRecord {
  return { topic: 'dead', key, value: key }
}

/** A writer whose transactions end when the test says so. */
function bench() {
  const commits: string[][] = []
  const ends: PromiseWithResolvers<void>[] = []
  const failures: unknown[] = []
  let nowMs = 0
  const seen = { discards: 0, committed: 0 }
  const writer = new OwnerWriter(
    {
      commit(records) {
        commits.push(records.map(({ key }) => String(key)))
        const end = Promise.withResolvers<void>()
        ends.push(end)
        return end.promise
      },
      async discard() {
        seen.discards += 1
      },
    },
    {
      clock: { nowMs: () => 0, monotonicMs: () => nowMs },
      committed() {
        seen.committed += 1
      },
      failed: (error) => failures.push(error),
    },
  )
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return {
    writer,
    commits,
    ends,
    failures,
    turn,
    passMs(ms: number): void {
      nowMs += ms
    },
    seen,
  }
}

describe('what only the owner may say', () => {
  it('goes out together where it comes together, and one transaction at a time', async () => {
    const { writer, commits, ends, turn, seen } = bench()
    const first = [writer.write([record('a-letter'), record('a-receipt')]), writer.write([record('b')])]
    await turn()
    const later = writer.write([record('c')])
    await turn()
    expect(commits).toEqual([['a-letter', 'a-receipt', 'b']])
    ends[0]?.resolve()
    expect(await Promise.all(first)).toEqual([true, true])
    await turn()
    expect(commits).toEqual([['a-letter', 'a-receipt', 'b'], ['c']])
    ends[1]?.resolve()
    expect(await later).toBe(true)
    expect(seen.committed).toBe(2)
  })

  it('splits no write between two transactions, however much waits', async () => {
    const { writer, commits, ends, turn } = bench()
    const pair = [record('letter'), record('receipt')]
    const written = Array.from({ length: 700 }, () => writer.write(pair))
    await turn()
    ends[0]?.resolve()
    await turn()
    ends[1]?.resolve()
    expect(new Set(await Promise.all(written))).toEqual(new Set([true]))
    expect(commits.map(({ length }) => length)).toEqual([1_000, 400])
  })

  it('is unknown after an error, for all that waits and all that comes, and the partition is told once', async () => {
    const { writer, commits, ends, failures, turn } = bench()
    const inFlight = writer.write([record('a')])
    await turn()
    const waiting = writer.write([record('b')])
    const error = new Error('fenced')
    ends[0]?.reject(error)
    expect(await Promise.all([inFlight, waiting, writer.write([record('c')])])).toEqual([false, false, false])
    expect(failures).toEqual([error])
    expect(commits).toEqual([['a']])
  })

  it('tells how much waits and how long, so that posting can stop', async () => {
    const { writer, ends, turn, passMs } = bench()
    expect(writer.oldestUnacknowledgedMs()).toBe(0)
    const written = writer.write([record('a')])
    passMs(1_200)
    void writer.write([record('b')])
    expect([writer.unacknowledged(), writer.oldestUnacknowledgedMs()]).toEqual([2, 1_200])
    await turn()
    ends[0]?.resolve()
    await written
    expect(writer.unacknowledged()).toBe(0)
  })

  it('is finished before it is closed, and nothing is written after', async () => {
    const { writer, ends, turn, seen } = bench()
    const written = writer.write([record('a')])
    const closed = writer.close()
    await turn()
    expect(seen.discards).toBe(0)
    ends[0]?.resolve()
    await closed
    expect([await written, seen.discards, await writer.write([record('b')])]).toEqual([true, 1, false])
  })
})
