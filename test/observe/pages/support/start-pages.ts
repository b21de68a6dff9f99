import { connect } from 'node:net'
import { afterEach, expect } from 'vitest'
import { createHealth } from '../../../../src/observe/health.ts'
import {
  type HttpServer,
  type HttpServerOptions,
  startHttpServer,
} from '../../../../src/observe/http-server.ts'
import type { PagesOptions } from '../../../../src/observe/pages/pages.ts'
import { createTestMetrics } from '../../support/test-metrics.ts'
import { fakeExplanation } from './fake-explanation.ts'
import { createFakeFeed, type FakeFeed } from './fake-feed.ts'
import { AT, fakeOverview } from './fake-overview.ts'

export interface StartedPages {
  server: HttpServer
  feed: FakeFeed
  url: string
  get(path: string, init?: RequestInit): Promise<Response>
}

/** How long a test waits for what is to come soon. */
export const PATIENT = { timeout: 10_000 }

const started: HttpServer[] = []

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()))
})

/** A server with a status page over a fake feed; it is closed after the test. */
export async function startPages(
  pages: Partial<PagesOptions> = {},
  options: Partial<HttpServerOptions> = {},
): Promise<StartedPages> {
  const { metrics } = createTestMetrics()
  const feed = createFakeFeed(fakeOverview())
  const explain = async (id: string) => fakeExplanation(id, AT)
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    metrics,
    health: createHealth(),
    pages: { overview: feed, explain, token: () => null, ...pages },
    ...options,
  })
  started.push(server)
  const url = `http://127.0.0.1:${server.address.port}`
  return { server, feed, url, get: (path, init) => fetch(`${url}${path}`, init) }
}

export async function untilWatched(feed: FakeFeed, times: number): Promise<void> {
  await expect.poll(() => feed.watched, PATIENT).toBe(times)
}

/** Until the server has cut off one who sends half a request: its time for clients has passed. */
export function untilOneIsCutOff({ address }: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(address.port, '127.0.0.1')
    socket.resume()
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.write('GET /metrics HTTP/1.1\r\n')
  })
}
