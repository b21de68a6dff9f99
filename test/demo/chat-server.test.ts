import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type ChatMessage, type ChatServer, startChatServer } from '../../src/demo/chat-server.ts'

const CHANNELS = [
  { name: 'sales', topic: 'Orders' },
  { name: 'nps', topic: 'Scores' },
]
const open: { close(): unknown }[] = []

async function start(port = 0): Promise<ChatServer> {
  const server = await startChatServer({ port, channels: CHANNELS })
  open.push(server)
  return server
}

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const message = (text: string, channel = 'sales'): ChatMessage => ({
  channel,
  username: 'Shop',
  iconUrl: null,
  iconEmoji: ':bell:',
  text,
  at: 1_769_846_400_000,
})

interface Told {
  id: string
  event: string
  data: Record<string, unknown>
}

/** Reads the stream until so many events were told. */
async function read(url: string, count: number, headers: Record<string, string> = {}): Promise<Told[]> {
  const abort = new AbortController()
  const response = await fetch(url, { headers, signal: abort.signal })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const told: Told[] = []
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const lines = block.split('\n')
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? ''
      if (field('event') !== '') {
        told.push({ id: field('id'), event: field('event'), data: JSON.parse(field('data')) })
      }
    }
    if (told.length >= count) break
  }
  abort.abort()
  return told
}

const textsOf = (told: readonly Told[]) =>
  told.filter(({ event }) => event === 'message').map(({ data }) => data.text)

describe('chat server', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/style.css', 'text/css; charset=utf-8'],
    ['/app.js', 'text/javascript; charset=utf-8'],
    ['/mrkdwn.js', 'text/javascript; charset=utf-8'],
    ['/icon.svg', 'image/svg+xml'],
    ['/?from=readme', 'text/html; charset=utf-8'],
  ])('serves %s as %s, under a policy that lets nothing foreign in', async (route, contentType) => {
    const { url } = await start()
    const response = await fetch(`${url}${route}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(contentType)
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;/,
    )
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect((await response.text()).length).toBeGreaterThan(100)
  })

  it.each([
    '/nothing',
    '/index.html',
    '/mrkdwn.d.ts',
    '/..%2f..%2fpackage.json',
    '/__proto__',
    '//style.css',
  ])('knows no %s', async (route) => {
    const { url } = await start()
    expect((await fetch(`${url}${route}`)).status).toBe(404)
  })

  it('does not reach the file system with a path that climbs', async () => {
    const { url } = await start()
    const answer = await raw(url, 'GET /../../package.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('takes GET and HEAD only', async () => {
    const { url } = await start()
    const refused = await fetch(url, { method: 'POST', body: 'x' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect((await fetch(`${url}/events`, { method: 'HEAD' })).status).toBe(404)
  })

  it('greets with the channels and figures, then tells what was published before and after', async () => {
    const server = await start()
    server.stats({ events: 40, rateLimited: 2, notice: 'a webhook is gone' })
    server.publish(message('before'))
    const reading = read(`${server.url}/events`, 4)
    const again = setInterval(() => server.publish(message('after', 'nps')), 5)
    const told = await reading
    clearInterval(again)
    expect(told[0]).toMatchObject({
      event: 'hello',
      data: {
        channels: CHANNELS,
        stats: { events: 40, rateLimited: 2, notice: 'a webhook is gone' },
      },
    })
    expect(told[1]?.data).toEqual({ seq: 1, ...message('before') })
    expect(told[2]?.data).toMatchObject({ seq: 2, text: 'after', channel: 'nps' })
    // How many came before the reader is a matter of its connection.
    expect(told[3]?.data).toMatchObject({ seq: 3, text: 'after', channel: 'nps' })
  })

  it.each([
    { name: 'the header of a browser that reconnects', how: 'header' },
    { name: 'the query of a page that opens the stream anew', how: 'query' },
  ])('tells one who comes back only what was missed: $name', async ({ how }) => {
    const server = await start()
    for (const text of ['1', '2', '3']) server.publish(message(text))
    const told = await read(`${server.url}/events`, 3)
    expect(told[0]?.data).toMatchObject({ published: 3 })
    const seen = told[2]?.id ?? ''
    const [url, headers] =
      how === 'header' ? ['/events', { 'last-event-id': seen }] : [`/events?after=${seen}`, {}]
    expect(textsOf(await read(`${server.url}${url}`, 2, headers))).toEqual(['3'])
  })

  it('keeps text with line feeds in one event, so that data cannot forge another', async () => {
    const server = await start()
    const text = 'a\n\nevent: stats\ndata: {}\r\n\u2028id: 9'
    server.publish(message(text))
    const told = await read(`${server.url}/events`, 2)
    expect(told.map(({ event }) => event)).toEqual(['hello', 'message'])
    expect(textsOf(told)).toEqual([text])
  })

  it('lets a page go that does not read, and serves the others on', async () => {
    const server = await start()
    const slow = socketTo(server.url)
    slow.write('GET /events HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(slow, 'data')
    slow.pause()
    const big = 'x'.repeat(1024 * 1024)
    for (let count = 0; count < 64; count++) server.publish(message(big))
    let received = 0
    slow.on('data', (chunk: Buffer) => {
      received += chunk.length
    })
    const ended = new Promise((resolve) => slow.once('close', resolve))
    slow.resume()
    await ended
    expect(received).toBeLessThan(32 * 1024 * 1024)
    expect((await fetch(server.url)).status).toBe(200)
  })

  it('says which port is taken', async () => {
    const { port } = new URL((await start()).url)
    await expect(start(Number(port))).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringContaining(port),
    })
  })

  it('closes with pages connected, and a second time', async () => {
    const server = await start()
    const socket = socketTo(server.url)
    socket.write('GET /events HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(socket, 'data')
    await server.close()
    await server.close()
    await expect(fetch(server.url)).rejects.toThrow()
  })
})

function socketTo(url: string): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => socket.destroy())
  open.push({ close: () => socket.destroy() })
  return socket
}

async function raw(url: string, request: string): Promise<string> {
  const socket = socketTo(url)
  socket.write(request)
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return answer
}
