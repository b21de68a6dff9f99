import { once } from 'node:events'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSlackSimulator, type SlackSimulator } from '../../src/demo/simulator/server.ts'
import type { Attempt, SlackClient } from '../../src/slack/client.ts'
import { eventually } from '../support/eventually.ts'
import { DEADLINE_MS, SECRET_PATH, useClients } from './support/clients.ts'
import { api, message, webhook } from './support/destinations.ts'
import { answering, freePort, httpAnswer, startRawServer, startSelfSignedServer } from './support/servers.ts'

const newClient = useClients()
let client: SlackClient

beforeEach(() => {
  client = newClient()
})

function post(port: number, using = client): Promise<Attempt> {
  return using.post(webhook(`http://127.0.0.1:${port}${SECRET_PATH}`), message())
}

describe('against the simulator', () => {
  let slack: SlackSimulator

  beforeEach(async () => {
    slack = await createSlackSimulator({ ratePerSecond: null })
  })
  afterEach(() => slack.close())

  it('posts to a webhook', async () => {
    const attempt = await client.post(
      webhook(`${slack.origin}${SECRET_PATH}`),
      message({ text: 'caf\u00e9 \u{1f389}' }),
    )
    expect(attempt).toEqual({
      outcome: 'sent',
      detail: null,
      retryAfterMs: null,
      tolerated: 0,
      blamesChannel: false,
      answer: { status: 200, body: 'ok', ts: null, channel: null },
      durationMs: expect.any(Number),
    })
    expect(slack.posts(SECRET_PATH).map((each) => each.payload?.text)).toEqual(['caf\u00e9 \u{1f389}'])
  })

  it('posts with chat.postMessage, and keeps the ids but not the text of the answer', async () => {
    const attempt = await client.post(api(slack.methodUrl), message({ text: 'private' }))
    expect(attempt).toMatchObject({ outcome: 'sent', answer: { status: 200, body: '' } })
    expect(attempt.answer?.ts).toMatch(/^\d{10}\.\d{6}$/)
    expect(attempt.answer?.channel).toMatch(/^C[A-Z0-9]+$/)
    expect(slack.posts('alerts')).toHaveLength(1)
  })

  it.each([
    [{ kind: 'reset', when: 'before_body' }, 0],
    [{ kind: 'reset', when: 'after_body' }, 0],
    [{ kind: 'reset', when: 'after_record' }, 1],
  ] as const)('a reset after the request was written is ambiguous: %j', async (fault, posts) => {
    slack.setFault(SECRET_PATH, fault)
    const attempt = await client.post(webhook(`${slack.origin}${SECRET_PATH}`), message())
    expect(attempt).toMatchObject({ outcome: 'ambiguous', answer: null })
    expect(slack.posts()).toHaveLength(posts)
  })

  it('an answer that never comes is ambiguous at the deadline', async () => {
    slack.setFault(SECRET_PATH, { kind: 'hang' })
    const attempt = await newClient({ deadlineMs: DEADLINE_MS }).post(
      webhook(`${slack.origin}${SECRET_PATH}`),
      message(),
    )
    expect(attempt).toMatchObject({ outcome: 'ambiguous', detail: 'timeout', answer: null })
    expect(attempt.durationMs).toBeGreaterThanOrEqual(DEADLINE_MS - 1)
    expect(attempt.durationMs).toBeLessThan(DEADLINE_MS + 5_000)
  })

  it('tells no_service as destination_down that is tolerated twice', async () => {
    slack.setFault(SECRET_PATH, { kind: 'gone' })
    const attempt = await client.post(webhook(`${slack.origin}${SECRET_PATH}`), message())
    expect(attempt).toMatchObject({ outcome: 'destination_down', detail: 'no_service', tolerated: 2 })
  })

  it("rejects a message whose own channel is refused, while the destination's is down", async () => {
    slack.setFault(SECRET_PATH, { kind: 'gone', body: 'channel_not_found' })
    const destination = webhook(`${slack.origin}${SECRET_PATH}`, { channel: '#sales' })
    const outcomes = []
    for (const channel of ['#typo', '#sales', null]) {
      outcomes.push((await client.post(destination, message({ channel }))).outcome)
    }
    expect(outcomes).toEqual(['rejected', 'destination_down', 'destination_down'])
  })
})

describe('before the request is written, a failure is retry', () => {
  it('a refused port', async () => {
    const beforeWrite = vi.fn(() => true)
    const destination = webhook(`http://127.0.0.1:${await freePort()}${SECRET_PATH}`)
    const attempt = await client.post(destination, message(), { beforeWrite })
    expect(attempt).toMatchObject({ outcome: 'retry', detail: 'econnrefused', answer: null })
    expect(beforeWrite).not.toHaveBeenCalled()
  })

  it('a name that does not exist', async () => {
    const attempt = await client.post(webhook(`http://nonexistent.invalid${SECRET_PATH}`), message())
    expect(attempt).toMatchObject({ outcome: 'retry', answer: null })
    expect(inspect(attempt)).not.toContain('nonexistent')
  })

  it('a server that speaks no TLS', async () => {
    await using server = await startRawServer(answering(httpAnswer(200, 'ok')))
    const attempt = await client.post(webhook(`https://127.0.0.1:${server.port}${SECRET_PATH}`), message())
    expect(attempt).toMatchObject({ outcome: 'retry', answer: null })
    expect(attempt.detail).toMatch(/^(err_ssl_\w+|eproto)$/)
  })

  it('a certificate that nobody vouches for, even where the environment would accept it', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    await using server = await startSelfSignedServer()
    const attempt = await client.post(webhook(`https://127.0.0.1:${server.port}${SECRET_PATH}`), message())
    expect(attempt).toMatchObject({ outcome: 'retry', detail: 'depth_zero_self_signed_cert' })
    expect(server.received()).toBe('')
  })

  it('a handshake that never ends, at the deadline', async () => {
    await using server = await startRawServer(() => {})
    const hasty = newClient({ deadlineMs: DEADLINE_MS })
    const attempt = await hasty.post(webhook(`https://127.0.0.1:${server.port}${SECRET_PATH}`), message())
    expect(attempt).toMatchObject({ outcome: 'retry', detail: 'timeout', answer: null })
    expect(attempt.durationMs).toBeGreaterThanOrEqual(DEADLINE_MS - 1)
  })
})

describe('answers that are cut short, too long or sent on', () => {
  const cut = (status: number, headers = ''): string =>
    `HTTP/1.1 ${status} X\r\ncontent-length: 10\r\n${headers}\r\nok`

  it.each([
    [200, '', 'ambiguous', null],
    [429, 'retry-after: 7\r\n', 'rate_limited', 7_000],
    [500, '', 'retry', null],
    [404, '', 'destination_down', null],
  ])('a %i that breaks off in its body keeps what its status says', async (status, headers, ...expected) => {
    await using server = await startRawServer((socket) => {
      socket.on('data', () => socket.end(cut(status, headers)))
    })
    const [outcome, retryAfterMs] = expected
    expect(await post(server.port)).toMatchObject({ outcome, retryAfterMs, answer: { status, body: 'ok' } })
  })

  it('a body that drips past the deadline keeps what its status says', async () => {
    await using server = await startRawServer(answering(cut(429, 'retry-after: 9\r\n')))
    const attempt = await post(server.port, newClient({ deadlineMs: DEADLINE_MS }))
    expect(attempt).toMatchObject({ outcome: 'rate_limited', detail: 'timeout', retryAfterMs: 9_000 })
  })

  it('half a head is ambiguous at the deadline', async () => {
    await using server = await startRawServer(answering('HTTP/1.1 200 OK\r\ncontent-'))
    const attempt = await post(server.port, newClient({ deadlineMs: DEADLINE_MS }))
    expect(attempt).toMatchObject({ outcome: 'ambiguous', detail: 'timeout', answer: null })
  })

  it('an answer that is no HTTP is ambiguous', async () => {
    await using server = await startRawServer(answering('220 smtp.example.com ready\r\n'))
    expect(await post(server.port)).toMatchObject({ outcome: 'ambiguous', answer: null })
  })

  it('of a body without end 64 KiB are read, then the connection is closed', async () => {
    await using server = await startRawServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
        const pour = (): void => {
          while (socket.writable && socket.write(`1000\r\n${'x'.repeat(4_096)}\r\n`));
        }
        socket.on('drain', pour)
        pour()
      })
    })
    const attempt = await post(server.port)
    expect(attempt).toMatchObject({ outcome: 'ambiguous', detail: 'foreign_body 200' })
    expect(attempt.answer?.body).toBe('x'.repeat(200))
    await eventually('the socket is closed', () => server.sockets[0]?.destroyed)
  })

  it('a redirect is not followed', async () => {
    await using elsewhere = await startRawServer(answering(httpAnswer(200, 'ok')))
    const location = `location: http://127.0.0.1:${elsewhere.port}/\r\n`
    await using server = await startRawServer(answering(httpAnswer(302, '', location)))
    expect(await post(server.port)).toMatchObject({ outcome: 'destination_down', answer: { status: 302 } })
    expect(elsewhere.sockets).toHaveLength(0)
  })

  it('204 is ambiguous', async () => {
    await using server = await startRawServer(answering('HTTP/1.1 204 No Content\r\n\r\n'))
    expect(await post(server.port)).toMatchObject({ outcome: 'ambiguous', detail: 'empty_body 204' })
  })

  it('an interim answer is passed over', async () => {
    await using server = await startRawServer(
      answering(`HTTP/1.1 103 Early Hints\r\n\r\n${httpAnswer(200, 'ok')}`),
    )
    expect(await post(server.port)).toMatchObject({ outcome: 'sent' })
  })

  it('keeps one clean line of 200 characters of the answer', async () => {
    const body = `${'\u0000\u001b[31m<b>\r\n'}${'\u{1f389}'.repeat(150)}`
    await using server = await startRawServer(answering(httpAnswer(500, body)))
    const { answer } = await post(server.port)
    expect(answer?.body).toBe(`[31m<b> ${'\u{1f389}'.repeat(96)}`)
  })
})

describe('keep-alive', () => {
  it('posts one after another over one socket', async () => {
    await using server = await startRawServer(answering(httpAnswer(200, 'ok')))
    const narrow = newClient({ maxSockets: 1 })
    for (let nth = 0; nth < 20; nth += 1) expect((await post(server.port, narrow)).outcome).toBe('sent')
    expect(server.sockets).toHaveLength(1)
  })

  it('a socket that the server closed while it was idle costs no post', async () => {
    // Written to a closing socket, a request would be ambiguous: the reset cannot be told from one after receipt.
    await using server = await startRawServer((socket) => {
      socket.on('data', () => socket.write(httpAnswer(200, 'ok')))
    })
    const outcomes = []
    for (let nth = 0; nth < 20; nth += 1) {
      outcomes.push((await post(server.port)).outcome)
      const socket = server.sockets.at(-1)
      if (socket !== undefined && !socket.destroyed) {
        if (nth % 2 === 0) socket.end()
        else socket.resetAndDestroy()
        if (!socket.closed) await once(socket, 'close')
      }
    }
    expect(outcomes).toEqual(outcomes.map(() => 'sent'))
    expect(server.sockets).toHaveLength(20)
  })
})
