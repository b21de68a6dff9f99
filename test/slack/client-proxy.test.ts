import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import type { DestinationTls } from '../../src/config/config.ts'
import { Secret } from '../../src/core/secret.ts'
import { createSlackSimulator } from '../../src/demo/simulator/server.ts'
import { createSlackClient, type SlackClient } from '../../src/slack/client.ts'
import { systemClock } from '../../src/system.ts'
import { readPem } from '../support/certificates.ts'
import { DEADLINE_MS, SECRET_PATH, useClients } from './support/clients.ts'
import { message, webhook } from './support/destinations.ts'
import { startProxy } from './support/proxy.ts'
import { SELF_SIGNED } from './support/self-signed.ts'
import { answering, freePort, httpAnswer, startRawServer, startTlsServer } from './support/servers.ts'

const newClient = useClients()

const CA = readPem('ca')
const SERVER = { cert: readPem('server'), key: readPem('server-key') }
const TRUSTING: DestinationTls = { ca: CA, cert: null, key: null, insecureSkipVerify: false }
const INSECURE: DestinationTls = { ca: null, cert: null, key: null, insecureSkipVerify: true }
const KNOWN: DestinationTls = {
  ...TRUSTING,
  cert: readPem('client'),
  key: new Secret(readPem('client-key')),
}

/** Only a proxy can reach it. */
const HOST = 'chat.invalid'

const startReceiver = (options = {}) =>
  startTlsServer({ ...SERVER, ...options }, answering(httpAnswer(200, 'ok')))

function post(client: SlackClient, tls: DestinationTls | null = TRUSTING, host = HOST) {
  return client.post(webhook(`https://${host}${SECRET_PATH}`, { tls }), message())
}

describe('an https destination behind a proxy', () => {
  it('is reached with its own authority, and the proxy reads nothing', async () => {
    await using server = await startReceiver()
    await using proxy = await startProxy(server.port)
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`)
    expect(await post(newClient())).toMatchObject({ outcome: 'sent' })
    expect(proxy.asked).toEqual([`${HOST}:443`])
    expect(server.received()).toContain('hello')
    expect(proxy.tunneled()).not.toContain('sEcReT')
    expect(proxy.tunneled()).not.toContain('hello')
  })

  it.each([
    ['whose authority nobody knows', null, HOST, 'unable_to_verify_leaf_signature'],
    ['that goes by another name', TRUSTING, 'other.invalid', 'err_tls_cert_altname_invalid'],
  ])('%s is retry', async (_, tls, host, detail) => {
    await using server = await startReceiver()
    await using proxy = await startProxy(server.port)
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`)
    const attempt = await post(newClient(), tls, host)
    expect(attempt).toMatchObject({ outcome: 'retry', detail, answer: null })
    expect(server.received()).toBe('')
    expect(proxy.asked).toHaveLength(1)
  })

  it('is shown our certificate', async () => {
    await using server = await startReceiver({ ca: CA, requestCert: true, rejectUnauthorized: true })
    await using proxy = await startProxy(server.port)
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`)
    const client = newClient()
    expect(await post(client, KNOWN)).toMatchObject({ outcome: 'sent' })
    const refused = await post(client, TRUSTING)
    expect(refused).toMatchObject({ outcome: 'retry' })
    expect(refused.detail).toMatch(/alert_certificate_required$/)
  })

  it('shares no tunnel with one of another trust', async () => {
    await using server = await startReceiver()
    await using proxy = await startProxy(server.port)
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`)
    const client = newClient({ maxSockets: 1 })
    const outcomes = []
    for (const tls of [INSECURE, null, INSECURE]) outcomes.push((await post(client, tls)).outcome)
    expect(outcomes).toEqual(['sent', 'retry', 'sent'])
    expect(proxy.asked).toHaveLength(2)
  })
})

describe('which proxy', () => {
  it.each([
    ['HTTPS_PROXY', 'https'],
    ['https_proxy', 'https'],
    ['HTTP_PROXY', 'http'],
    ['http_proxy', 'http'],
    ['HTTP_PROXY', 'https'],
  ])('%s is for %s', async (name, scheme) => {
    await using proxy = await startRawServer((socket) => socket.on('data', () => socket.destroy()))
    vi.stubEnv(name, `http://127.0.0.1:${proxy.port}`)
    await newClient().post(webhook(`${scheme}://${HOST}${SECRET_PATH}`), message())
    expect(proxy.received()).toMatch(/^CONNECT chat\.invalid:(80|443) HTTP\/1\.1\r\n/)
  })

  it.each([
    ['NO_PROXY', HOST],
    ['no_proxy', HOST],
    ['NO_PROXY', 'intranet.invalid, CHAT.invalid'],
    ['NO_PROXY', 'invalid'],
    ['NO_PROXY', '.invalid'],
    ['NO_PROXY', '*.invalid'],
    ['NO_PROXY', `${HOST}:443`],
    ['NO_PROXY', '*'],
  ])('none with %s=%s', async (name, value) => {
    await using proxy = await startProxy(await freePort())
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`)
    vi.stubEnv(name, value)
    const attempt = await post(newClient())
    expect(attempt.outcome).toBe('retry')
    expect(attempt.detail).not.toMatch(/^proxy/)
    expect(proxy.asked).toEqual([])
  })

  it.each(['other.invalid', `${HOST}:8443`, 'at.invalid', ''])('the same with NO_PROXY=%s', async (value) => {
    await using server = await startReceiver()
    await using proxy = await startProxy(server.port)
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`)
    vi.stubEnv('NO_PROXY', value)
    expect(await post(newClient())).toMatchObject({ outcome: 'sent' })
    expect(proxy.asked).toHaveLength(1)
  })

  it('none for this machine', async () => {
    const slack = await createSlackSimulator({ ratePerSecond: null })
    await using proxy = await startProxy(await freePort())
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${proxy.port}`)
    const attempt = await newClient().post(webhook(`${slack.origin}${SECRET_PATH}`), message())
    expect(attempt).toMatchObject({ outcome: 'sent' })
    expect(proxy.asked).toEqual([])
    await slack.close()
  })
})

describe('the credentials of a proxy', () => {
  it('are shown to it, decoded, and to nobody else', async () => {
    const expected = `Basic ${Buffer.from('user:p@ss-marker').toString('base64')}`
    await using server = await startReceiver()
    await using proxy = await startProxy(server.port, { credentials: expected })
    vi.stubEnv('HTTPS_PROXY', `http://user:p%40ss-marker@127.0.0.1:${proxy.port}`)
    expect(await post(newClient())).toMatchObject({ outcome: 'sent' })
    expect(proxy.credentials).toEqual([expected])
    expect(server.received().toLowerCase()).not.toContain('proxy-')
  })

  it('that it does not take are retry, and stay untold', async () => {
    await using server = await startReceiver()
    await using proxy = await startProxy(server.port, { credentials: 'Basic other' })
    vi.stubEnv('HTTPS_PROXY', `http://user:pass-marker@127.0.0.1:${proxy.port}`)
    const attempt = await post(newClient())
    expect(attempt).toMatchObject({ outcome: 'retry', detail: 'proxy: answered 407', answer: null })
    expect(inspect(attempt)).not.toContain('pass-marker')
    expect(server.sockets).toHaveLength(0)
  })
})

describe('a proxy that fails is retry, and nothing reaches the receiver', () => {
  it.each([
    ['refuses', 'HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n', 'proxy: answered 403'],
    ['does not reach it', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', 'proxy: answered 502'],
    ['is none', '220 smtp.example.com ready\r\n', 'proxy: failed'],
    ['never answers', '', 'timeout'],
  ])('one that %s', async (_, answer, detail) => {
    await using proxy = await startRawServer((socket) => socket.on('data', () => socket.write(answer)))
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`)
    const attempt = await post(newClient(detail === 'timeout' ? { deadlineMs: DEADLINE_MS } : {}))
    expect(attempt).toMatchObject({ outcome: 'retry', detail, answer: null })
    expect(proxy.received()).not.toContain('sEcReT')
  })

  it('one that is not there', async () => {
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${await freePort()}`)
    expect(await post(newClient())).toMatchObject({ outcome: 'retry', detail: 'proxy: econnrefused' })
  })

  // Without a code of its own for this, undici connected 3,276 times in a second.
  it.each(['end', 'resetAndDestroy'] as const)('one that hangs up (%s), after one try', async (hangUp) => {
    await using proxy = await startRawServer((socket) => socket.once('data', () => socket[hangUp]()))
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${proxy.port}`)
    const attempt = await post(newClient())
    expect(attempt).toMatchObject({ outcome: 'retry', answer: null })
    expect(attempt.detail).toMatch(/^proxy: (und_err_socket|econnreset)$/)
    expect(proxy.sockets).toHaveLength(1)
  })

  it('one that nobody vouches for, though the destination takes any certificate', async () => {
    await using proxy = await startTlsServer(SELF_SIGNED, () => {})
    vi.stubEnv('HTTPS_PROXY', `https://127.0.0.1:${proxy.port}`)
    const attempt = await post(newClient(), INSECURE)
    expect(attempt).toMatchObject({ outcome: 'retry', detail: 'proxy: depth_zero_self_signed_cert' })
    expect(proxy.received()).toBe('')
  })
})

describe('a proxy whose address is wrong', () => {
  it.each([
    'http://user:pass-marker@[broken',
    'user:pass-marker@proxy.invalid:3128',
  ])('is an error without its password: %s', (address) => {
    vi.stubEnv('HTTPS_PROXY', address)
    let thrown: unknown
    try {
      createSlackClient({ maxSockets: 1, clock: systemClock })
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'config_invalid' })
    expect(inspect(thrown, { depth: null, showHidden: true })).not.toContain('pass-marker')
  })
})
