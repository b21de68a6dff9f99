import { request as sendRequest } from 'node:http'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { createHealth } from '../../src/observe/health.ts'
import { startHttpServer } from '../../src/observe/http-server.ts'
import { fakeExplanation } from './pages/support/fake-explanation.ts'
import { AT, fakeOverview } from './pages/support/fake-overview.ts'
import { PATIENT, startPages, untilOneIsCutOff, untilWatched } from './pages/support/start-pages.ts'
import { createTestMetrics } from './support/test-metrics.ts'

const TOKEN = 'token-of-the-status-page-7f3a'

/** fetch lets nobody choose the host. */
function statusWithHost(url: string, host: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = sendRequest(url, { headers: { host } }, async (response) => {
      let body = ''
      for await (const chunk of response) body += chunk
      resolve({ status: response.statusCode ?? 0, body })
    })
    sent.on('error', reject)
    sent.end()
  })
}

const everywhere = { host: '0.0.0.0' }
const withToken = { token: () => new Secret(TOKEN) }
const bearer = { authorization: `Bearer ${TOKEN}` }

describe('the routes on loopback', () => {
  it.each([
    ['GET', '/', 200, 'text/html; charset=utf-8'],
    ['GET', '/?from=alert', 200, 'text/html; charset=utf-8'],
    ['HEAD', '/', 200, 'text/html; charset=utf-8'],
    ['GET', '/status/app.js', 200, 'text/javascript; charset=utf-8'],
    ['GET', '/status/base.css', 200, 'text/css; charset=utf-8'],
    ['GET', '/status/icon.svg', 200, 'image/svg+xml'],
    ['GET', '/status/sign-in.html', 404, 'application/json; charset=utf-8'],
    ['GET', '/status/apply.d.ts', 404, 'application/json; charset=utf-8'],
    ['GET', '/status/', 404, 'application/json; charset=utf-8'],
    ['GET', '/status/..%2f..%2fpackage.json', 404, 'application/json; charset=utf-8'],
    ['GET', '/status/__proto__', 404, 'application/json; charset=utf-8'],
    ['GET', '/app.js', 404, 'application/json; charset=utf-8'],
    ['GET', '/api/nothing', 404, 'application/json; charset=utf-8'],
    ['GET', '/api/overview', 200, 'application/json; charset=utf-8'],
    ['HEAD', '/api/events', 200, 'text/event-stream'],
    ['GET', '/api/explain?id=t:0:1', 200, 'application/json; charset=utf-8'],
    ['GET', '/api/explain', 400, 'application/json; charset=utf-8'],
    ['GET', `/api/explain?id=${'x'.repeat(1_001)}`, 400, 'application/json; charset=utf-8'],
    ['POST', '/', 405, 'application/json; charset=utf-8'],
    ['DELETE', '/api/overview', 405, 'application/json; charset=utf-8'],
    ['POST', '/api/explain?id=t:0:1', 405, 'application/json; charset=utf-8'],
    ['PUT', '/login', 405, 'application/json; charset=utf-8'],
    ['POST', '/login', 405, 'application/json; charset=utf-8'],
    ['GET', '/metrics', 200, 'text/plain; version=0.0.4; charset=utf-8'],
    ['GET', '/healthz', 200, 'application/json; charset=utf-8'],
  ])('%s %s is %d', async (method, path, status, contentType) => {
    const { get } = await startPages()
    const response = await get(path, { method })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe(contentType)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('give the page a policy that lets in its own files only', async () => {
    const { get } = await startPages()
    expect((await get('/')).headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
  })

  it('give every file that the page names, and say when it has not changed', async () => {
    const { get } = await startPages()
    const html = await (await get('/')).text()
    const named = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path)
    expect(named.length).toBeGreaterThan(20)
    for (const path of named) {
      const first = await get(path)
      expect([path, first.status, first.headers.get('cache-control')]).toEqual([path, 200, 'no-cache'])
      const etag = first.headers.get('etag') ?? ''
      const again = await get(path, { headers: { 'if-none-match': etag } })
      expect([again.status, await again.text()]).toEqual([304, ''])
    }
  })

  it('name each module that another one imports, so that none is waited for in turn', async () => {
    const { get } = await startPages()
    const html = await (await get('/')).text()
    const scripts = [...html.matchAll(/\/status\/([\w-]+\.js)"/g)].map(([, name = '']) => name)
    const imported = new Set<string>()
    for (const name of scripts) {
      const source = await (await get(`/status/${name}`)).text()
      for (const [, other = ''] of source.matchAll(/from '\.\/([\w-]+\.js)'/g)) imported.add(other)
    }
    expect(scripts).toEqual(expect.arrayContaining([...imported]))
  })

  it.each([
    '/',
    '/status/app.js',
    '/api/overview',
    '/api/events',
    '/api/explain?id=a',
  ])('answer nothing at %s to the name of another site', async (path) => {
    const { url } = await startPages()
    const { status, body } = await statusWithHost(`${url}${path}`, 'evil.example')
    expect(status).toBe(403)
    expect(body).toContain('localhost')
  })

  it('leave metrics and probes to any name', async () => {
    const { url } = await startPages()
    expect((await statusWithHost(`${url}/metrics`, 'prometheus.example')).status).toBe(200)
    expect((await statusWithHost(`${url}/healthz`, 'pod.example')).status).toBe(200)
  })

  it('make no work for the page of another site', async () => {
    let explained = 0
    const explain = async (id: string) => {
      explained += 1
      return fakeExplanation(id, AT)
    }
    const { get } = await startPages({ explain })
    const response = await get('/api/explain?id=a', { headers: { 'sec-fetch-site': 'cross-site' } })
    expect([response.status, explained]).toEqual([403, 0])
  })

  it('without pages answer as ever', async () => {
    const { metrics } = createTestMetrics()
    const server = await startHttpServer({ host: '127.0.0.1', port: 0, metrics, health: createHealth() })
    expect((await fetch(`${server.url}/`)).status).toBe(404)
    await server.close()
  })
})

describe('beyond loopback', () => {
  it.each([
    '/',
    '/status/app.js',
    '/api/overview',
    '/api/events',
    '/api/explain?id=a',
  ])('nothing is at %s without a configured token, and the answer names the option', async (path) => {
    const { get } = await startPages({}, everywhere)
    const response = await get(path)
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('http_token')
  })

  it.each([
    ['/', 401],
    ['/status/app.js', 401],
    ['/status/base.css', 200],
    ['/api/overview', 401],
    ['/api/events', 401],
    ['/api/explain?id=a', 401],
    ['/nowhere', 401],
    ['/metrics', 200],
    ['/healthz', 200],
    ['/readyz', 503],
  ])('to one who shows no token %s is %d', async (path, status) => {
    const { get } = await startPages(withToken, everywhere)
    expect((await get(path)).status).toBe(status)
  })

  it.each([
    '/',
    '/status/app.js',
    '/api/overview',
    '/api/explain?id=a',
  ])('the token opens %s', async (path) => {
    const { get } = await startPages(withToken, everywhere)
    expect((await get(path, { headers: bearer })).status).toBe(200)
  })

  it('signing in gives a session, and leads to the page', async () => {
    const { get } = await startPages(withToken, everywhere)
    const form = (token: string) => ({
      method: 'POST',
      body: new URLSearchParams({ token }),
      redirect: 'manual' as const,
    })
    const wrong = await get('/login', form('wrong'))
    expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([401, null])
    expect(await wrong.text()).toContain('This is not the token.')
    const right = await get('/login', form(TOKEN))
    expect([right.status, right.headers.get('location')]).toEqual([303, '/'])
    const cookie = right.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^bellhop_session=\S+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/)
    expect(cookie).not.toContain(TOKEN)
    const [session = ''] = cookie.split(';')
    expect((await get('/api/overview', { headers: { cookie: session } })).status).toBe(200)
  })

  it('takes no form that is longer than any of ours', async () => {
    const { get } = await startPages(withToken, everywhere)
    const body = new URLSearchParams({ filler: 'x'.repeat(10_000), token: TOKEN })
    expect((await get('/login', { method: 'POST', body, redirect: 'manual' })).status).toBe(401)
  })

  it('a token that was changed is demanded at once', async () => {
    let token = new Secret(TOKEN)
    const { get } = await startPages({ token: () => token }, everywhere)
    expect((await get('/api/overview', { headers: bearer })).status).toBe(200)
    token = new Secret('another')
    expect((await get('/api/overview', { headers: bearer })).status).toBe(401)
  })

  it('no answer tells the token', async () => {
    const { get } = await startPages(withToken, everywhere)
    for (const path of ['/', '/api/overview', '/login', '/nowhere']) {
      const response = await get(path, { headers: bearer })
      expect(JSON.stringify([...response.headers]) + (await response.text())).not.toContain(TOKEN)
    }
  })
})

describe('an overview', () => {
  it('is that of the feed, which nobody watches afterwards', async () => {
    const { get, feed } = await startPages()
    expect(await (await get('/api/overview')).json()).toEqual(fakeOverview())
    expect(feed.watched).toBe(0)
  })

  it('waits until the history is read', async () => {
    const { get, feed } = await startPages()
    feed.publish({ ...fakeOverview(), history: { done: false, readRecords: 5 } })
    const asked = get('/api/overview')
    await untilWatched(feed, 1)
    feed.publish({ ...fakeOverview(), history: { done: true, readRecords: 9 } })
    expect(await (await asked).json()).toMatchObject({ history: { done: true, readRecords: 9 } })
  })
})

describe('an explanation', () => {
  it('is that of the id, with whatever it holds', async () => {
    const { get } = await startPages()
    const id = 'a b&c=ü/?#:1'
    const response = await get(`/api/explain?id=${encodeURIComponent(id)}`)
    expect(await response.json()).toEqual(fakeExplanation(id, AT))
  })

  it.each([
    [
      'what a person can mend',
      new AppError('usage', 'the topic is not there'),
      422,
      'the topic is not there',
    ],
    ['anything else', new Error('https://hooks.slack.com/secret'), 500, 'it could not be explained'],
  ])('that fails for %s says so', async (_, error, status, said) => {
    const { get } = await startPages({ explain: () => Promise.reject(error) })
    const response = await get('/api/explain?id=a')
    expect([response.status, await response.json()]).toEqual([status, { error: said }])
  })

  it('is cancelled when its client leaves, and others are refused while many run', async () => {
    const signals: AbortSignal[] = []
    const explain = (_: string, signal: AbortSignal) => {
      signals.push(signal)
      return new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('cancelled')))
      })
    }
    const { get } = await startPages({ explain })
    const clients = [1, 2, 3, 4].map(() => new AbortController())
    for (const client of clients) get('/api/explain?id=a', { signal: client.signal }).catch(() => {})
    await expect.poll(() => signals.length, PATIENT).toBe(4)
    expect((await get('/api/explain?id=a')).status).toBe(503)
    for (const client of clients) client.abort()
    await expect.poll(() => signals.every(({ aborted }) => aborted), PATIENT).toBe(true)
  })

  it('may take longer than a client may take to read', async () => {
    const explain = async (id: string) => {
      await untilOneIsCutOff(server)
      return fakeExplanation(id, AT)
    }
    const { server, get } = await startPages({ explain }, { clientTimeoutMs: 50 })
    expect((await get('/api/explain?id=a')).status).toBe(200)
  })
})
