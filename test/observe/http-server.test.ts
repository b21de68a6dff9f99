import { request as sendRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { createHealth } from '../../src/observe/health.ts'
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../../src/observe/http-server.ts'
import { parseExposition } from './support/parse-exposition.ts'
import { createTestMetrics } from './support/test-metrics.ts'

const started: HttpServer[] = []

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()))
})

async function start(options: Partial<HttpServerOptions> = {}) {
  const { metrics } = createTestMetrics()
  const health = createHealth()
  const server = await startHttpServer({ host: '127.0.0.1', port: 0, metrics, health, ...options })
  started.push(server)
  return {
    server,
    metrics,
    health,
    get: (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init),
  }
}

describe('/metrics', () => {
  it('gives what Prometheus reads', async () => {
    const { get, metrics } = await start()
    metrics.count('matches', { action: 'signed-up' }, 7)
    const response = await get('/metrics')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const exposition = parseExposition(await response.text())
    expect(exposition.value('bellhop_matches_total', { action: 'signed-up' })).toBe(7)
  })

  it('answers 500 and tells nothing where gathering fails, and works again afterwards', async () => {
    const { get, metrics } = await start()
    metrics.setBacklogSource(() => {
      throw new Error('lane of https://hooks.slack.com/services/T/B/marker')
    })
    const failed = await get('/metrics')
    expect(failed.status).toBe(500)
    expect(await failed.text()).not.toContain('marker')
    metrics.setBacklogSource(() => [])
    expect((await get('/metrics')).status).toBe(200)
  })
})

describe('health', () => {
  it('says what is wrong and why, in JSON', async () => {
    const { get, health } = await start()
    const [match, dispatch] = [health.addComponent('match'), health.addComponent('dispatch')]
    match.ready()
    dispatch.notReady('broker 127.0.0.1:9092 cannot be reached')
    expect((await get('/healthz')).status).toBe(200)
    const response = await get('/readyz')
    expect(response.status).toBe(503)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await response.json()).toEqual({
      status: 'unavailable',
      components: [
        { name: 'dispatch', state: 'not_ready', reason: 'broker 127.0.0.1:9092 cannot be reached' },
        { name: 'match', state: 'ready', reason: null },
      ],
    })
    dispatch.ready()
    const ready = await get('/readyz')
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({ status: 'ok' })
    dispatch.dead('its consumer crashed')
    expect((await get('/healthz')).status).toBe(503)
    expect((await get('/readyz')).status).toBe(503)
  })
})

describe('every answer', () => {
  it.each([
    ['GET', '/metrics', 200],
    ['GET', '/metrics?name[]=up', 200],
    ['GET', '/healthz', 200],
    ['GET', '/readyz', 503],
    ['GET', '/', 404],
    ['GET', '/metrics/', 404],
    ['GET', '//metrics', 404],
    ['GET', '/%2e%2e/etc/passwd', 404],
    ['POST', '/metrics', 405],
    ['DELETE', '/healthz', 405],
    ['OPTIONS', '/metrics', 405],
  ])('%s %s is %d, with headers that keep browsers out', async (method, path, status) => {
    const { get } = await start()
    const response = await get(path, { method })
    expect(response.status).toBe(status)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
    })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it.each(['/metrics', '/healthz', '/nowhere'])('to HEAD %s has the headers and no body', async (path) => {
    const { get } = await start()
    const response = await get(path, { method: 'HEAD' })
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0)
    expect(await response.text()).toBe('')
  })

  it('repeats nothing of the request', async () => {
    const { get } = await start()
    expect(await (await get('/<script>alert(1)</script>')).text()).not.toContain('script')
  })
})

describe('listening', () => {
  it('on port 0 chooses a port and says which', async () => {
    const { server } = await start()
    expect(server.address.port).toBeGreaterThan(0)
    expect(server.url).toBe(`http://127.0.0.1:${server.address.port}`)
  })

  it('takes IPv6', async () => {
    const { server, get } = await start({ host: '::1' })
    expect(server.url).toBe(`http://[::1]:${server.address.port}`)
    expect((await get('/healthz')).status).toBe(200)
  })

  it('on a taken port says which and what to do', async () => {
    const { server } = await start()
    const error = await start({ port: server.address.port }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({
      code: 'port_taken',
      message: expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${server.address.port}.*--http HOST:PORT`)),
    })
  })

  it('on an address of another machine says what to choose', async () => {
    const error = await start({ host: '192.0.2.1', port: 9464 }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining('http://192.0.2.1:9464') })
  })
})

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => {})
    socket.on('close', () => resolve())
  })
}

describe('a client that holds on', () => {
  it.each([
    ['sends nothing', ''],
    ['sends half a request', 'GET /metrics HTTP/1.1\r\nhost: x\r\n'],
    ['announces a body that never comes', 'POST /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n'],
  ])('and %s is cut off', async (_, bytes) => {
    const { server } = await start({ clientTimeoutMs: 100 })
    const socket = connect(server.address.port, server.address.host)
    socket.resume()
    socket.write(bytes)
    await closed(socket)
    expect(socket.destroyed).toBe(true)
  })

  it('and reads its answer slowly is cut off', async () => {
    const metrics = { contentType: 'text/plain', render: async () => 'x'.repeat(64 * 1024 * 1024) }
    const { server } = await start({ clientTimeoutMs: 100, metrics })
    const socket = connect(server.address.port, server.address.host)
    let received = 0
    socket.on('data', (chunk) => {
      received += chunk.length
      socket.pause()
      setTimeout(() => socket.resume(), 20)
    })
    socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n')
    await closed(socket)
    expect(received).toBeLessThan(64 * 1024 * 1024)
  })

  it('and sends a huge header is refused', async () => {
    const { server } = await start()
    const status = await new Promise((resolve) => {
      sendRequest(`${server.url}/metrics`, { headers: { cookie: 'x'.repeat(20_000) } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    expect(status).toBe(431)
  })
})

describe('closing', () => {
  it('ends idle keep-alive connections at once, and can be asked twice', async () => {
    const { server } = await start()
    const socket = connect(server.address.port, server.address.host)
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: keep-alive\r\n\r\n')
    await new Promise((resolve) => socket.once('data', resolve))
    const ended = closed(socket)
    await Promise.all([server.close(), server.close()])
    await ended
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
  })

  it('frees the port', async () => {
    const { server } = await start()
    await server.close()
    const again = await start({ port: server.address.port })
    expect(again.server.address).toEqual(server.address)
  })
})

it('serves no secret, whatever the lanes and stages are called', async () => {
  const marker = 'marker-7f3a9c41d2'
  const secret = new Secret(`https://hooks.slack.com/services/T/B/${marker}`)
  const { get, metrics, health } = await start()
  metrics.count('posts', { destination: secret.reveal(), outcome: 'sent' })
  metrics.setBacklogSource(() => [
    { destination: secret.reveal(), messages: 1, oldestAgeMs: 1, breaker: 'open' },
  ])
  health.addComponent('dispatch').notReady(`cannot post to ${secret}`)
  for (const path of ['/metrics', '/healthz', '/readyz']) {
    expect(await (await get(path)).text()).not.toContain(marker)
  }
})
