import { describe, expect, it } from 'vitest'
import { toRawEvent } from '../../src/event/raw-event.ts'

const at = { topic: 'events', partition: 1, offset: 2, timestamp: 3, key: null, headers: [] }

describe('a poison event as its dead letter keeps it', () => {
  it('is text where it is UTF-8, with its coordinates, key and headers', () => {
    const raw = toRawEvent({
      ...at,
      key: Buffer.from('u1'),
      value: Buffer.from('{"a":'),
      headers: [{ name: 'source', value: Buffer.from('web') }],
    })
    expect(raw).toEqual({
      topic: 'events',
      partition: 1,
      offset: 2,
      timestamp: 3,
      key: { encoding: 'utf8', data: 'u1' },
      value: { encoding: 'utf8', data: '{"a":' },
      value_bytes: 5,
      headers: [{ name: 'source', value: { encoding: 'utf8', data: 'web' } }],
    })
  })

  it('is base64 where it is not', () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe])
    expect(toRawEvent({ ...at, value: bytes }).value).toEqual({ encoding: 'base64', data: '/wD+' })
  })

  it('is cut at 64 KiB and says how long it was', () => {
    const raw = toRawEvent({ ...at, value: Buffer.alloc(100_000, 'x') })
    expect([raw.value.data.length, raw.value_bytes]).toEqual([65_536, 100_000])
  })

  it('is not cut inside a character', () => {
    const { value } = toRawEvent({ ...at, value: Buffer.from(`x${'é'.repeat(40_000)}`) })
    expect(value.data).toBe(`x${'é'.repeat(32_767)}`)
  })
})
