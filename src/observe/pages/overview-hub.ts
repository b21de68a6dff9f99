import type { ServerResponse } from 'node:http'
import { SECURITY_HEADERS } from '../http-answer.ts'
import type { Overview, OverviewFeed } from '../overview/overview.ts'
import { diffOverview } from './overview-diff.ts'

/**
 * One subscription to the feed for all streams, and none while nobody looks. What changed is found and written down
 * once for all of them. A stream begins with the whole (`overview`), then gets `update` by `update`; each has a
 * number, one more than the one before, so that a page sees where it does not fit.
 */
export interface OverviewHub {
  isFull(): boolean
  /** Makes the answer a stream, until its client leaves, reads too slowly, or close(). */
  stream(response: ServerResponse): void
  /** The next overview that holds all of the history, or the newest one when the time is over; null where there is none. */
  snapshot(timeoutMs: number): Promise<Overview | null>
  close(): void
}

/** Each stream costs a connection, and what its client leaves unread. */
export const MAX_STREAMS = 50
/** Beyond a whole overview, which is written at once. */
const MAX_UNREAD_BYTES = 2 * 1024 * 1024
const KEEP_ALIVE_MS = 15_000
/** A stream is then ended and its page comes back by itself: who may see it is judged again. */
const LONGEST_STREAM_MS = 3_600_000
const RECONNECT_MS = 1_000
const KEEP_ALIVE = Buffer.from(': keep-alive\n\n')

interface Stream {
  response: ServerResponse
  /** Null until the whole has been written. */
  mostUnreadBytes: number | null
}

export function createOverviewHub(feed: Pick<OverviewFeed, 'subscribe'>): OverviewHub {
  const streams = new Set<Stream>()
  const source = shareFeed(feed)
  let leave: (() => void) | null = null
  let keepAlive: NodeJS.Timeout | undefined

  const told = (overview: Overview, before: Overview | null): void => {
    const { whole, update } = framesOf(overview, before, source.number)
    for (const stream of streams) {
      if (stream.mostUnreadBytes === null) begin(stream, whole())
      else write(stream, update())
    }
  }
  const ended = (stream: Stream): void => {
    streams.delete(stream)
    if (streams.size > 0) return
    clearInterval(keepAlive)
    leave?.()
    leave = null
  }
  return {
    isFull: () => streams.size >= MAX_STREAMS,
    stream(response) {
      const stream: Stream = { response, mostUnreadBytes: null }
      const longest = setTimeout(() => response.end(), LONGEST_STREAM_MS)
      response.on('close', () => {
        clearTimeout(longest)
        ended(stream)
      })
      response.writeHead(200, {
        ...SECURITY_HEADERS,
        'content-type': 'text/event-stream',
        'x-accel-buffering': 'no',
      })
      response.write(`retry: ${RECONNECT_MS}\n\n`)
      streams.add(stream)
      if (streams.size === 1) {
        keepAlive = setInterval(() => {
          for (const each of streams) write(each, KEEP_ALIVE)
        }, KEEP_ALIVE_MS)
      }
      if (leave === null) leave = source.join(told)
      else if (source.current !== null) begin(stream, frame('overview', source.number, source.current))
    },
    snapshot: (timeoutMs) => takeSnapshot(source, timeoutMs),
    close() {
      for (const { response } of [...streams]) response.destroy()
    },
  }
}

interface Source {
  current: Overview | null
  /** Of the current one. */
  number: number
  join(listener: Listener): () => void
}

type Listener = (overview: Overview, before: Overview | null) => void

function shareFeed(feed: Pick<OverviewFeed, 'subscribe'>): Source {
  const listeners = new Set<Listener>()
  let unsubscribe: (() => void) | null = null
  const source: Source = {
    current: null,
    number: 0,
    join(listener) {
      listeners.add(listener)
      unsubscribe ??= feed.subscribe((overview) => {
        const before = source.current
        source.current = overview
        source.number += 1
        for (const each of [...listeners]) each(overview, before)
      })
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return
        unsubscribe?.()
        unsubscribe = null
        source.current = null
      }
    },
  }
  return source
}

function takeSnapshot(source: Source, timeoutMs: number): Promise<Overview | null> {
  if (source.current?.history.done) return Promise.resolve(source.current)
  const { promise, resolve } = Promise.withResolvers<Overview | null>()
  const timer = setTimeout(() => resolve(source.current), timeoutMs).unref()
  const leave = source.join((overview) => {
    if (overview.history.done) resolve(overview)
  })
  return promise.finally(() => {
    clearTimeout(timer)
    leave()
  })
}

/** Both as bytes, made once for all streams, and only where one wants it. */
function framesOf(
  overview: Overview,
  before: Overview | null,
  number: number,
): { whole: () => Buffer; update: () => Buffer } {
  let [whole, update]: (Buffer | null)[] = [null, null]
  return {
    whole() {
      whole ??= frame('overview', number, overview)
      return whole
    },
    update() {
      update ??= before === null ? this.whole() : frame('update', number, diffOverview(before, overview))
      return update
    },
  }
}

/** JSON holds no line feed, so it is always one `data` line. */
function frame(event: 'overview' | 'update', number: number, data: object): Buffer {
  return Buffer.from(`event: ${event}\nid: ${number}\ndata: ${JSON.stringify(data)}\n\n`)
}

function begin(stream: Stream, whole: Buffer): void {
  stream.mostUnreadBytes = whole.length + MAX_UNREAD_BYTES
  write(stream, whole)
}

function write({ response, mostUnreadBytes }: Stream, bytes: Buffer): void {
  response.write(bytes)
  if (response.writableLength > (mostUnreadBytes ?? MAX_UNREAD_BYTES)) response.destroy()
}
