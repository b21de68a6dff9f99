import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPatience } from '../../src/author/dry-run-patience.ts'
import { RegistryUnavailable } from '../../src/registry/registry-errors.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function kafkaAway(): Error {
  return Object.assign(new Error('connect ECONNREFUSED'), { name: 'KafkaJSConnectionError' })
}

function scene() {
  const stopped = new AbortController()
  const lines: string[] = []
  const take = (...args: unknown[]): void => void lines.push(String(args.at(-1)))
  const patiently = createPatience({ info: take, warn: take }, stopped.signal)
  return { patiently, lines, stop: () => stopped.abort() }
}

describe('patience', () => {
  it('waits for Kafka, and tells once that it is away and once that it is back', async () => {
    const { patiently, lines } = scene()
    let tries = 0
    const done = patiently(async () => {
      tries += 1
      if (tries < 4) throw kafkaAway()
      return 'done'
    })
    await vi.advanceTimersByTimeAsync(6_000)
    expect(await done).toBe('done')
    expect(lines).toEqual(['Kafka does not answer: waiting', 'Kafka answers again'])
  })

  it('waits for the registry likewise', async () => {
    const { patiently, lines } = scene()
    const work = vi.fn(async () => 'done').mockRejectedValueOnce(new RegistryUnavailable('down'))
    const done = patiently(work)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await done).toBe('done')
    expect(lines).toEqual([
      'the schema registry does not answer: waiting',
      'the schema registry answers again',
    ])
  })

  it('ends with the signal, though what it waits for never ends', async () => {
    const { patiently, stop } = scene()
    const done = patiently(() => new Promise<never>(() => undefined))
    stop()
    expect(await done).toBeUndefined()
  })

  it('does not take the signal for an answer', async () => {
    const { patiently, lines, stop } = scene()
    const work = vi.fn(() => new Promise<never>(() => undefined)).mockRejectedValueOnce(kafkaAway())
    const done = patiently(work)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(work).toHaveBeenCalledTimes(2)
    stop()
    expect(await done).toBeUndefined()
    expect(lines).toEqual(['Kafka does not answer: waiting'])
  })

  it('ends with the signal between two tries', async () => {
    const { patiently, stop } = scene()
    const done = patiently(() => Promise.reject(kafkaAway()))
    await vi.advanceTimersByTimeAsync(100)
    stop()
    expect(await done).toBeUndefined()
  })

  it('leaves other errors to its caller', async () => {
    const { patiently } = scene()
    await expect(patiently(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug')
  })
})
