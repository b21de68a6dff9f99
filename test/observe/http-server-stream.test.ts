import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { AT, fakeOverview } from './pages/support/fake-overview.ts'
import { openStream } from './pages/support/open-stream.ts'
import { PATIENT, startPages, untilOneIsCutOff, untilWatched } from './pages/support/start-pages.ts'

describe('the stream', () => {
  it('tells the whole, then what changed, numbered', async () => {
    const { url, feed } = await startPages()
    const stream = await openStream(`${url}/api/events`)
    expect(await stream.next()).toMatchObject({ event: 'overview', id: '1', data: fakeOverview() })
    feed.publish({ ...fakeOverview(), at: AT + 2_000, waiting: 3 })
    expect(await stream.next()).toEqual({ event: 'update', id: '2', data: { at: AT + 2_000, waiting: 3 } })
    stream.close()
    await untilWatched(feed, 0)
  })

  it('tells each page the whole as of when it came, from one subscription', async () => {
    const { url, feed } = await startPages()
    const first = await openStream(`${url}/api/events`)
    await first.next()
    feed.publish({ ...fakeOverview(), at: AT + 1 })
    const second = await openStream(`${url}/api/events`)
    expect(await second.next()).toMatchObject({ event: 'overview', id: '2', data: { at: AT + 1 } })
    expect(feed.watched).toBe(1)
    feed.publish({ ...fakeOverview(), at: AT + 2 })
    expect(await second.next()).toMatchObject({ event: 'update', id: '3' })
    expect(await first.next()).toMatchObject({ event: 'update', id: '2' })
    expect(await first.next()).toMatchObject({ event: 'update', id: '3' })
  })

  it('begins afresh for one who looks after nobody did', async () => {
    const { url, feed } = await startPages()
    const first = await openStream(`${url}/api/events`)
    await first.next()
    first.close()
    await untilWatched(feed, 0)
    feed.publish({ ...fakeOverview(), at: AT + 60_000 })
    const second = await openStream(`${url}/api/events`)
    expect(await second.next()).toMatchObject({ event: 'overview', data: { at: AT + 60_000 } })
  })

  it('is not cut off by the time limit of other answers', async () => {
    const { server, url, feed } = await startPages({}, { clientTimeoutMs: 50 })
    const stream = await openStream(`${url}/api/events`)
    await stream.next()
    await untilOneIsCutOff(server)
    feed.publish({ ...fakeOverview(), at: AT + 7 })
    expect(await stream.next()).toMatchObject({ data: { at: AT + 7 } })
  })

  it('is ended for a client that does not read, and not for others', async () => {
    const { server, url, feed } = await startPages()
    const socket = connect(server.address.port, '127.0.0.1')
    socket.pause()
    const closed = new Promise((resolve) => socket.on('close', resolve).on('error', () => {}))
    socket.write('GET /api/events HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await untilWatched(feed, 1)
    const reader = await openStream(`${url}/api/events`)
    await reader.next()
    const filler = 'x'.repeat(1_000_000)
    for (let round = 0; round < 30; round += 1) {
      feed.publish({ ...fakeOverview(), at: AT + round, prefix: `${round}${filler}` })
      expect(await reader.next()).toMatchObject({ data: { at: AT + round } })
    }
    socket.resume()
    await closed
    feed.publish({ ...fakeOverview(), at: AT + 99 })
    expect(await reader.next()).toMatchObject({ data: { at: AT + 99 } })
  })

  it('is refused where fifty look already', async () => {
    const { url, get } = await startPages()
    const streams = await Promise.all(Array.from({ length: 50 }, () => openStream(`${url}/api/events`)))
    expect((await get('/api/events')).status).toBe(503)
    streams[0]?.close()
    await expect.poll(async () => (await get('/api/events', { method: 'HEAD' })).status, PATIENT).toBe(200)
  })

  it('ends at once when the server closes', async () => {
    const { server, url, feed } = await startPages()
    const stream = await openStream(`${url}/api/events`)
    await stream.next()
    await server.close()
    await expect(stream.next()).rejects.toThrow()
    await untilWatched(feed, 0)
  })
})
