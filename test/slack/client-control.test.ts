import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createSlackSimulator } from '../../src/demo/simulator/server.ts'
import { NOT_WRITTEN } from '../../src/slack/attempt.ts'
import type { SlackClient } from '../../src/slack/client.ts'
import { eventually } from '../support/eventually.ts'
import { DEADLINE_MS, SECRET_PATH, useClients } from './support/clients.ts'
import { message, webhook } from './support/destinations.ts'
import { answering, httpAnswer, startRawServer } from './support/servers.ts'

const newClient = useClients()
let client: SlackClient

beforeEach(() => {
  client = newClient()
})

describe('the deadline', () => {
  it('does not count against an answer that came while the process stood still', async () => {
    await using server = await startRawServer((socket) => {
      socket.on('data', () => {
        socket.write(httpAnswer(200, 'ok'))
        const untilMs = performance.now() + 2 * DEADLINE_MS
        while (performance.now() < untilMs);
      })
    })
    expect(
      await newClient({ deadlineMs: DEADLINE_MS }).post(
        webhook(`http://127.0.0.1:${server.port}${SECRET_PATH}`),
        message(),
      ),
    ).toMatchObject({ outcome: 'sent' })
  })

  it('withdraws a request that still waits for its connection: it is never written', async () => {
    // Only a proxy can hold back a connection for long and then let it come about.
    await using proxy = await startRawServer(() => {})
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${proxy.port}`)
    const hasty = newClient({ deadlineMs: DEADLINE_MS })
    const attempt = await hasty.post(webhook(`http://chat.invalid${SECRET_PATH}`), message())
    expect(attempt).toMatchObject({ outcome: 'retry', detail: 'timeout' })
    const [tunnel] = proxy.sockets
    tunnel?.write('HTTP/1.1 200 Connection established\r\n\r\n')
    await eventually('the tunnel is closed', () => tunnel?.destroyed)
    expect(proxy.received()).toMatch(/^CONNECT /)
    expect(proxy.received()).not.toContain('POST')
  })

  it('begins when a slot is free', async () => {
    const slack = await createSlackSimulator({ ratePerSecond: null })
    slack.setFault(SECRET_PATH, { kind: 'slow', ms: 250 })
    const narrow = newClient({ maxSockets: 1, deadlineMs: 900 })
    const destination = webhook(`${slack.origin}${SECRET_PATH}`)
    const attempts = await Promise.all([1, 2, 3, 4].map(() => narrow.post(destination, message())))
    expect(attempts.map((attempt) => attempt.outcome)).toEqual(['sent', 'sent', 'sent', 'sent'])
    await slack.close()
  })
})

describe('beforeWrite', () => {
  it('withholds the request: not a byte reaches the wire', async () => {
    await using server = await startRawServer(answering(httpAnswer(200, 'ok')))
    const destination = webhook(`http://127.0.0.1:${server.port}${SECRET_PATH}`)
    for (const nth of [1, 2]) {
      const attempt = await client.post(destination, message(), { beforeWrite: () => false })
      expect(attempt, `post ${nth}`).toMatchObject({ outcome: 'retry', detail: NOT_WRITTEN, answer: null })
    }
    expect(server.received()).toBe('')
    expect(await client.post(destination, message(), { beforeWrite: () => true })).toMatchObject({
      outcome: 'sent',
    })
  })

  it('is asked once, when the socket is connected and nothing is written yet', async () => {
    await using server = await startRawServer(answering(httpAnswer(200, 'ok')))
    const seen: string[] = []
    const beforeWrite = (): boolean => {
      seen.push(server.received())
      return true
    }
    const destination = webhook(`http://127.0.0.1:${server.port}${SECRET_PATH}`)
    expect((await client.post(destination, message(), { beforeWrite })).outcome).toBe('sent')
    expect(seen).toEqual([''])
  })
})

describe('the signal', () => {
  it('withholds a post before it began', async () => {
    await using server = await startRawServer(answering(httpAnswer(200, 'ok')))
    const destination = webhook(`http://127.0.0.1:${server.port}${SECRET_PATH}`)
    const attempt = await client.post(destination, message(), { signal: AbortSignal.abort() })
    expect(attempt).toMatchObject({ outcome: 'retry', detail: NOT_WRITTEN, durationMs: 0 })
    expect(server.sockets).toHaveLength(0)
  })

  it('withholds a post that waits for a slot or for a connection', async () => {
    await using silent = await startRawServer(() => {})
    const narrow = newClient({ maxSockets: 1, deadlineMs: 5_000 })
    const stop = new AbortController()
    const destination = webhook(`https://127.0.0.1:${silent.port}${SECRET_PATH}`)
    const posts = [1, 2].map(() => narrow.post(destination, message(), { signal: stop.signal }))
    await eventually('the handshake began', () => silent.received().length > 0)
    stop.abort()
    const details = (await Promise.all(posts)).map((attempt) => attempt.detail)
    expect(details).toEqual([NOT_WRITTEN, NOT_WRITTEN])
  })

  it('makes a post that was written ambiguous, and ends its socket', async () => {
    await using server = await startRawServer(() => {})
    const stop = new AbortController()
    const destination = webhook(`http://127.0.0.1:${server.port}${SECRET_PATH}`)
    const posted = client.post(destination, message(), { signal: stop.signal })
    await eventually('the request arrived', () => server.received().includes('hello'))
    stop.abort()
    expect(await posted).toMatchObject({ outcome: 'ambiguous', detail: 'aborted', answer: null })
    await eventually('the socket is closed', () => server.sockets[0]?.destroyed)
  })
})

describe('the cap on sockets', () => {
  it('holds over all origins, and lets posts go in the order in which they came', async () => {
    const simulators = await Promise.all([1, 2].map(() => createSlackSimulator({ ratePerSecond: null })))
    const narrow = newClient({ maxSockets: 3, deadlineMs: 5_000 })
    let inFlight = 0
    let most = 0
    const started: number[] = []
    const posts = Array.from({ length: 40 }, async (_, nth) => {
      const origin = simulators[nth % 2]?.origin
      const beforeWrite = (): boolean => {
        started.push(nth)
        inFlight += 1
        most = Math.max(most, inFlight)
        return true
      }
      const attempt = await narrow.post(webhook(`${origin}/services/T/B/${nth}`), message(), { beforeWrite })
      inFlight -= 1
      return attempt.outcome
    })
    expect(new Set(await Promise.all(posts))).toEqual(new Set(['sent']))
    expect(most).toBeLessThanOrEqual(3)
    // Three are in flight at once, so a post can only be as far from its place as these are apart.
    expect(started.every((nth, place) => Math.abs(nth - place) <= 3)).toBe(true)
    await Promise.all(simulators.map((slack) => slack.close()))
  })
})

describe('close', () => {
  it('lets posts in flight end, turns away those that wait and those that come, and closes all sockets', async () => {
    const slack = await createSlackSimulator({ ratePerSecond: null })
    slack.setFault(SECRET_PATH, { kind: 'slow', ms: 50 })
    const narrow = newClient({ maxSockets: 1 })
    const destination = webhook(`${slack.origin}${SECRET_PATH}`)
    const posts = [1, 2].map(() => narrow.post(destination, message()))
    await eventually('the first has arrived', () => slack.requests().length === 1)
    await narrow.close()
    posts.push(narrow.post(destination, message()))
    const ends = (await Promise.all(posts)).map((attempt) => attempt.detail ?? attempt.outcome)
    expect(ends).toEqual(['sent', NOT_WRITTEN, NOT_WRITTEN])
    expect(slack.requests()).toHaveLength(1)
    await slack.close()
  })
})
