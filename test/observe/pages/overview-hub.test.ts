import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createOverviewHub } from '../../../src/observe/pages/overview-hub.ts'
import { createFakeFeed } from './support/fake-feed.ts'
import { AT, fakeOverview } from './support/fake-overview.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

class FakeResponse extends EventEmitter {
  written: string[] = []
  writableLength = 0
  writeHead(): void {}
  write(bytes: Buffer | string): void {
    this.written.push(bytes.toString())
  }
  end(): void {
    this.emit('close')
  }
  destroy(): void {
    this.emit('close')
  }
  asResponse(): ServerResponse {
    return this as unknown as ServerResponse
  }
}

const events = ({ written }: FakeResponse): string[] => written.map((text) => text.split('\n')[0] ?? '')

it('a quiet stream gets a comment now and then, and ends after an hour', () => {
  const feed = createFakeFeed(fakeOverview())
  const hub = createOverviewHub(feed)
  const response = new FakeResponse()
  hub.stream(response.asResponse())
  vi.advanceTimersByTime(45_000)
  expect(events(response)).toEqual([
    'retry: 1000',
    'event: overview',
    ': keep-alive',
    ': keep-alive',
    ': keep-alive',
  ])
  vi.advanceTimersByTime(3_600_000)
  expect(feed.watched).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

it('the first overview is told whole to all who wait for it', () => {
  const feed = createFakeFeed()
  const hub = createOverviewHub(feed)
  const responses = [new FakeResponse(), new FakeResponse()]
  for (const response of responses) hub.stream(response.asResponse())
  feed.publish(fakeOverview())
  feed.publish({ ...fakeOverview(), at: AT + 1 })
  for (const response of responses) {
    expect(events(response)).toEqual(['retry: 1000', 'event: overview', 'event: update'])
  }
})

it('one that leaves too much unread is ended, but not for the size of a whole overview', () => {
  const feed = createFakeFeed(fakeOverview({ lanes: 12_000 }))
  const hub = createOverviewHub(feed)
  const [slow, quick] = [new FakeResponse(), new FakeResponse()]
  for (const response of [slow, quick]) hub.stream(response.asResponse())
  slow.writableLength = 4_000_000
  feed.publish({ ...fakeOverview({ lanes: 12_000 }), at: AT + 1 })
  expect(events(slow).at(-1)).toBe('event: update')
  slow.writableLength = 40_000_000
  for (const at of [AT + 2, AT + 3]) feed.publish({ ...fakeOverview({ lanes: 12_000 }), at })
  expect([slow.written.length, quick.written.length]).toEqual([4, 5])
})

it('a snapshot is what there is when the history takes too long, and null where there is nothing', async () => {
  const feed = createFakeFeed({ ...fakeOverview(), history: { done: false, readRecords: 3 } })
  const taken = createOverviewHub(feed).snapshot(8_000)
  const none = createOverviewHub(createFakeFeed()).snapshot(8_000)
  await vi.advanceTimersByTimeAsync(8_000)
  expect(await taken).toMatchObject({ history: { readRecords: 3 } })
  expect(await none).toBeNull()
  expect(feed.watched).toBe(0)
})
