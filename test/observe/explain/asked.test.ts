import { describe, expect, it } from 'vitest'
import { recognise } from '../../../src/observe/explain/asked.ts'

const isTopic = async (topic: string): Promise<boolean> => topic === 'orders'

describe('what an id is', () => {
  it.each([
    [
      'orders:3:1042:paid:sales',
      { kind: 'message_id', parts: { topic: 'orders', partition: 3, offset: 1042 } },
    ],
    ['orders:3:1042', { kind: 'event_coordinates', at: { topic: 'orders', partition: 3, offset: 1042 } }],
    ['6f1c2a', { kind: 'event_message_id', instead: null }],
    ['', { kind: 'event_message_id', instead: null }],
    ['orders:3', { kind: 'event_message_id', instead: null }],
    ['orders:3:x', { kind: 'event_message_id', instead: null }],
    ['orders:3:1042:paid', { kind: 'event_message_id', instead: null }],
    ['ajs-next:17:42', { kind: 'event_message_id', instead: 'ajs-next' }],
    ['ajs-next:17:42:a:b', { kind: 'event_message_id', instead: 'ajs-next' }],
    ['orders:3:1042\n', { kind: 'event_message_id', instead: null }],
    ['größe:3:1042', { kind: 'event_message_id', instead: null }],
  ])('%j, where orders is the only topic', async (id, expected) => {
    expect(await recognise(id, isTopic)).toMatchObject({ id, ...expected })
  })
})
