import { describe, expect, it } from 'vitest'
import { type ReplayBatch, replayLetters } from '../../src/dead/replay.ts'
import type { ReplayDecision } from '../../src/dead/replay-policy.ts'
import type { StoredLetter } from '../../src/dead/stored-letter.ts'
import { eventLetter, messageLetter } from './support/sample-letters.ts'

const clock = { nowMs: () => 42, monotonicMs: () => 0 }
const ANY = { ids: [], destination: null, action: null, cause: null, sinceMs: null }
const ignore = async (): Promise<void> => undefined

function stored(offset: number, letter = messageLetter({ offset })): StoredLetter {
  return { partition: 1, offset, letter, replayed: false }
}

async function* portionsOf(letters: StoredLetter[]) {
  for (let at = 0; at < letters.length; at += 150) {
    yield { letters: letters.slice(at, at + 150), unreadable: 0, passed: Math.min(at + 150, letters.length) }
  }
}

function sendBack({ letter }: StoredLetter): ReplayDecision {
  if (letter.message === null) return { kind: 'skip', reason: 'still_poison', detail: null }
  return { kind: 'replay', messages: [{ key: 'lane', record: letter.message }], failures: [] }
}

async function replayed(letters: StoredLetter[], more: Partial<Parameters<typeof replayLetters>[0]> = {}) {
  const batches: ReplayBatch[] = []
  const progress = await replayLetters({
    letters: portionsOf(letters),
    filter: ANY,
    decide: sendBack,
    readOriginal: async () => null,
    learnSchema: async () => undefined,
    commit: async (batch) => void batches.push(batch),
    clock,
    signal: new AbortController().signal,
    progressed: () => undefined,
    planned: ignore,
    skipped: ignore,
    ...more,
  })
  return { batches, progress }
}

describe('a replay', () => {
  const letters = Array.from({ length: 450 }, (_, offset) => stored(offset))

  it('sends letters in their order, in batches of some hundred, each with its marks', async () => {
    const { batches, progress } = await replayed(letters)
    expect(batches.map(({ marks }) => marks.length)).toEqual([200, 200, 50])
    expect(batches.flatMap(({ marks }) => marks.map(({ letter }) => letter.replays))).toEqual(
      letters.map(({ offset }) => offset),
    )
    for (const { marks, messages } of batches) {
      expect(messages.map(({ record }) => record.event.offset)).toEqual(
        marks.map(({ letter }) => letter.replays),
      )
    }
    expect(progress).toEqual({ passed: 450, replayed: 450, messages: 450 })
  })

  it('marks in the partition of the letter, with its cause and nothing of its content', async () => {
    const { batches } = await replayed([stored(5)])
    expect(batches[0]?.marks).toEqual([
      {
        partition: 1,
        letter: {
          kind: 'replayed',
          cause: 'rejected',
          detail: null,
          attempts: 0,
          answer: null,
          message: null,
          event: null,
          action: 'to-sales',
          destination: 'sales',
          replays: 5,
          recorded_at: 42,
        },
      },
    ])
  })

  it('queues a message once that has two letters, and marks both', async () => {
    const { batches, progress } = await replayed([
      stored(1, messageLetter({ offset: 9 })),
      stored(2, messageLetter({ offset: 9 })),
    ])
    expect(progress).toMatchObject({ replayed: 2, messages: 1 })
    expect(batches[0]?.marks.map(({ letter }) => letter.replays)).toEqual([1, 2])
  })

  it('does not mark what stays, and says why', async () => {
    const told: unknown[] = []
    const { batches, progress } = await replayed([stored(1, eventLetter()), stored(2)], {
      skipped: async ({ offset }, reason) => void told.push([offset, reason]),
    })
    expect(told).toEqual([[1, 'still_poison']])
    expect(batches[0]?.marks.map(({ letter }) => letter.replays)).toEqual([2])
    expect(progress).toMatchObject({ replayed: 1 })
  })

  it('leaves alone what the filter does not name', async () => {
    const { batches } = await replayed(letters, { filter: { ...ANY, destination: 'other' } })
    expect(batches).toEqual([])
  })

  it('writes a letter for what failed on an event that goes back', async () => {
    const failure = { cause: 'empty_message' as const, detail: null, action: 'a', destination: null }
    const { batches } = await replayed([stored(1, eventLetter())], {
      decide: () => ({ kind: 'replay', messages: [], failures: [failure] }),
    })
    expect(batches[0]?.letters).toMatchObject([
      { kind: 'event', cause: 'empty_message', action: 'a', event: { offset: 11 }, replays: null },
    ])
  })

  it('reads the original once where the letter holds a part', async () => {
    const asked: number[] = []
    const { progress } = await replayed([stored(1, eventLetter())], {
      decide: ({ letter }, original) =>
        original === undefined && letter.event !== null
          ? { kind: 'read_original', at: letter.event }
          : { kind: 'replay', messages: [], failures: [] },
      readOriginal: async ({ offset }) => {
        asked.push(offset)
        return Buffer.from('{}')
      },
    })
    expect({ asked, progress }).toMatchObject({ asked: [11], progress: { replayed: 1 } })
  })

  it('asks for the schema of what it read, once, and then decides', async () => {
    const asked: unknown[] = []
    const { progress } = await replayed([stored(1, eventLetter())], {
      decide: ({ letter }, original) => {
        if (original === undefined && letter.event !== null)
          return { kind: 'read_original', at: letter.event }
        return asked.includes(7)
          ? { kind: 'replay', messages: [], failures: [] }
          : { kind: 'learn_schema', id: 7 }
      },
      readOriginal: async ({ offset }) => {
        asked.push(`offset ${offset}`)
        return Buffer.from('{}')
      },
      learnSchema: async (id) => void asked.push(id),
    })
    expect({ asked, progress }).toMatchObject({ asked: ['offset 11', 7], progress: { replayed: 1 } })
  })

  it('commits nothing in a dry run, and counts what it would', async () => {
    const { progress } = await replayed(letters, { commit: null })
    expect(progress).toMatchObject({ replayed: 450, messages: 450 })
  })

  it('counts no more than what is on record when a batch fails', async () => {
    const seen: number[] = []
    let batches = 0
    const failing = replayed(letters, {
      progressed: (progress) => seen.push(progress.replayed),
      commit: async () => {
        batches += 1
        if (batches === 2) throw new Error('fenced')
      },
    })
    await expect(failing).rejects.toThrow('fenced')
    expect(seen.at(-1)).toBe(200)
  })

  it('puts on record what it has begun when it is told to stop, and takes nothing more', async () => {
    const stop = new AbortController()
    const { batches } = await replayed(letters, {
      signal: stop.signal,
      planned: async ({ offset }) => {
        if (offset === 210) stop.abort()
      },
    })
    expect(batches.map(({ marks }) => marks.length)).toEqual([200, 11])
  })
})
