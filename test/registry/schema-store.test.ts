import type { Type } from 'avsc'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RegistryUnavailable } from '../../src/registry/registry-errors.ts'
import type { SchemaRegistry } from '../../src/registry/schema-registry.ts'
import { createSchemaStore, NO_SCHEMAS, type SchemaStore } from '../../src/registry/schema-store.ts'
import { typeOf } from '../support/avro.ts'

const TYPE = typeOf('string')
const AWAY = new RegistryUnavailable('the schema registry at http://r does not answer: ECONNREFUSED')

type Answer = Type | 'unusable' | null | Error | 'never'

/** A registry that answers as `answers` says when it is asked, and remembers what it was asked. */
let answers: (id: number) => Answer
let asked: number[]
let store: SchemaStore

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  answers = () => TYPE
  const registry: SchemaRegistry = {
    async schema(id) {
      asked.push(id)
      const answer = answers(id)
      if (answer instanceof Error) throw answer
      return answer === 'never' ? new Promise(() => undefined) : answer
    },
    register: () => Promise.reject(new Error('not asked for here')),
    close: async () => undefined,
  }
  const clock = { nowMs: () => Date.now(), monotonicMs: () => Date.now() }
  store = createSchemaStore({ registry, clock, unknownWaitMs: 10_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Learns, as often as a partition tries again: once a second for so many seconds. */
async function learnFor(seconds: number, ids: readonly number[]): Promise<string[]> {
  const ends: string[] = []
  for (let second = 0; second < seconds; second++) {
    ends.push(
      await store.learn(ids).then(
        () => 'learnt',
        (error: Error) => error.name,
      ),
    )
    await vi.advanceTimersByTimeAsync(1_000)
  }
  return ends
}

describe('what is known', () => {
  it('is asked for once', async () => {
    await store.learn([1, 2, 1])
    await store.learn([1, 2])

    expect(asked).toEqual([1, 2])
    expect([store.get(1), store.get(2), store.get(3)]).toEqual([TYPE, TYPE, undefined])
    expect(store.trouble()).toBe(null)
  })

  it('is asked for once by many at the same time', async () => {
    await Promise.all(Array.from({ length: 20 }, () => store.learn([1])))

    expect(asked).toEqual([1])
  })

  it('may be no Avro schema', async () => {
    answers = () => 'unusable'
    await store.learn([1])

    expect(store.get(1)).toBe('unusable')
  })
})

describe('what the registry does not know', () => {
  it('is waited for, and given up after the wait, not before', async () => {
    answers = () => null

    expect(await learnFor(12, [1])).toEqual([...Array(10).fill('SchemaNotYetKnown'), 'learnt', 'learnt'])
    expect(store.get(1)).toBe('unknown')
    expect(asked).toHaveLength(11)
  })

  it('is known as soon as it is there', async () => {
    answers = () => null
    await learnFor(3, [1])
    expect(store.trouble()).toBe('events wait for schema 1, which the registry does not know yet')
    answers = () => TYPE

    expect(await learnFor(1, [1])).toEqual(['learnt'])
    expect(store.trouble()).toBe(null)
  })

  it('is asked for again a while after it was given up, at once unknown or at once known', async () => {
    answers = () => null
    await learnFor(11, [1])
    await vi.advanceTimersByTimeAsync(30_000)
    expect(store.get(1)).toBe(undefined)
    expect(await learnFor(1, [1])).toEqual(['learnt'])
    expect(store.get(1)).toBe('unknown')

    await vi.advanceTimersByTimeAsync(30_000)
    answers = () => TYPE
    await store.learn([1])
    expect(store.get(1)).toBe(TYPE)
  })

  it('is asked for twice a second at most, however many wait', async () => {
    answers = () => null
    for (let round = 0; round < 100; round++) {
      await store.learn([1]).catch(() => undefined)
      await vi.advanceTimersByTimeAsync(50)
    }

    expect(asked).toHaveLength(10)
  })

  it('keeps no known one from being told', async () => {
    answers = (id) => (id === 1 ? null : TYPE)
    await store.learn([1, 2]).catch(() => undefined)

    expect(store.get(2)).toBe(TYPE)
  })
})

describe('a registry that is away', () => {
  it('is told as such, and its ids stay unasked, not unknown', async () => {
    answers = () => AWAY

    expect(await learnFor(60, [1])).toEqual(Array(60).fill('RegistryUnavailable'))
    expect(store.get(1)).toBe(undefined)
    expect(store.trouble()).toBe('the schema registry does not answer')
    answers = () => TYPE
    expect(await learnFor(1, [1])).toEqual(['learnt'])
    expect(store.trouble()).toBe(null)
  })

  it('does not count as time in which an id was unknown', async () => {
    answers = () => AWAY
    await learnFor(30, [1])
    answers = () => null

    expect(await learnFor(11, [1])).toEqual([...Array(10).fill('SchemaNotYetKnown'), 'learnt'])
  })

  it('is asked twice a second at most, however many wait for however many schemas', async () => {
    answers = () => AWAY
    const ids = Array.from({ length: 1_000 }, (_, index) => index)
    for (let round = 0; round < 100; round++) {
      await store.learn(ids).catch(() => undefined)
      await vi.advanceTimersByTimeAsync(50)
    }

    // The first time nobody knows yet: as many as are asked at once.
    expect(asked.length).toBeLessThanOrEqual(16 + 9)
  })

  it('holds nobody for longer than two seconds, and what it says later counts', async () => {
    let answer: (type: Type) => void = () => undefined
    const slow = createSchemaStore({
      registry: {
        schema: () =>
          new Promise((resolve) => {
            answer = resolve
          }),
        register: () => Promise.reject(new Error('not asked for here')),
        close: async () => undefined,
      },
      clock: { nowMs: () => Date.now(), monotonicMs: () => Date.now() },
      unknownWaitMs: 10_000,
    })
    const learning = slow.learn([1]).catch((error: Error) => error.name)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await learning).toBe('RegistryStillAsked')
    answer(TYPE)
    await vi.advanceTimersByTimeAsync(0)

    expect(slow.get(1)).toBe(TYPE)
  })

  it('holds nobody up while it is known to be away', async () => {
    answers = () => AWAY
    await learnFor(1, [1])
    answers = () => 'never'
    let end = ''
    const learning = store.learn([1]).catch((error: Error) => {
      end = error.message
    })
    await vi.advanceTimersByTimeAsync(300)
    await learning

    expect(end).toBe(AWAY.message)
  })

  it('is no trouble any more once nobody has asked for a while', async () => {
    answers = () => AWAY
    await learnFor(1, [1])
    await vi.advanceTimersByTimeAsync(30_000)

    expect(store.trouble()).toBe(null)
  })
})

it('without a registry no schema is known, and nothing is waited for', async () => {
  await NO_SCHEMAS.learn([1])

  expect(NO_SCHEMAS.get(1)).toBe('unknown')
})
