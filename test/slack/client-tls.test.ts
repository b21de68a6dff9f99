import type { TlsOptions } from 'node:tls'
import { inspect } from 'node:util'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { DestinationTls } from '../../src/config/config.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Attempt, SlackClient } from '../../src/slack/client.ts'
import { readPem } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'
import { DEADLINE_MS, SECRET_PATH, useClients } from './support/clients.ts'
import { api, message, webhook } from './support/destinations.ts'
import { SELF_SIGNED } from './support/self-signed.ts'
import { answering, httpAnswer, startRawServer, startTlsServer } from './support/servers.ts'

const newClient = useClients()
let client: SlackClient

beforeEach(() => {
  client = newClient()
})

const CA = readPem('ca')
const SERVER = { cert: readPem('server'), key: readPem('server-key') }
const TRUSTING: DestinationTls = { ca: CA, cert: null, key: null, insecureSkipVerify: false }
const INSECURE: DestinationTls = { ca: null, cert: null, key: null, insecureSkipVerify: true }
const KNOWN: DestinationTls = {
  ...TRUSTING,
  cert: readPem('client'),
  key: new Secret(readPem('client-key')),
}

const startReceiver = (options: TlsOptions) => startTlsServer(options, answering(httpAnswer(200, 'ok')))

function post(port: number, tls: DestinationTls | null, host = '127.0.0.1'): Promise<Attempt> {
  return client.post(webhook(`https://${host}:${port}${SECRET_PATH}`, { tls }), message())
}

describe('whom a destination trusts', () => {
  it.each([
    ['its own authority', SERVER, TRUSTING, 'sent', null],
    ['the well-known authorities alone', SERVER, null, 'retry', 'unable_to_verify_leaf_signature'],
    [
      'another authority',
      SERVER,
      { ...TRUSTING, ca: readPem('other-ca') },
      'retry',
      'unable_to_verify_leaf_signature',
    ],
    [
      'its authority, which vouched for a time that is over',
      { cert: readPem('expired'), key: readPem('expired-key') },
      TRUSTING,
      'retry',
      'cert_has_expired',
    ],
    [
      'anybody, whose time is over',
      { cert: readPem('expired'), key: readPem('expired-key') },
      INSECURE,
      'sent',
      null,
    ],
    ['anybody, who vouches for himself', SELF_SIGNED, INSECURE, 'sent', null],
  ])('%s', async (_, receiver, tls, outcome, detail) => {
    await using server = await startReceiver(receiver)
    const attempt = await post(server.port, tls)
    expect(attempt).toMatchObject({ outcome, detail })
    expect(server.received().includes('hello')).toBe(outcome === 'sent')
  })

  it('holds for chat.postMessage too', async () => {
    await using server = await startTlsServer(SERVER, answering(httpAnswer(200, '{"ok":true}')))
    const methodUrl = `https://127.0.0.1:${server.port}/api/chat.postMessage`
    const outcomes = []
    for (const tls of [null, TRUSTING]) {
      outcomes.push((await client.post(api(methodUrl, { tls }), message())).outcome)
    }
    expect(outcomes).toEqual(['retry', 'sent'])
  })

  it('is asked for the name that was dialled', async () => {
    await using server = await startReceiver(SELF_SIGNED)
    const attempt = await post(server.port, { ...TRUSTING, ca: SELF_SIGNED.cert }, 'localhost')
    expect(attempt).toMatchObject({ outcome: 'retry', detail: 'err_tls_cert_altname_invalid' })
    expect(attempt.durationMs).toBeLessThan(5_000)
  })

  it('is not widened by the environment', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    await using server = await startReceiver(SERVER)
    expect(await post(server.port, { ...TRUSTING, ca: readPem('other-ca') })).toMatchObject({
      outcome: 'retry',
    })
  })

  it('does not outlast the deadline of a handshake', async () => {
    await using server = await startRawServer(() => {})
    client = newClient({ deadlineMs: DEADLINE_MS })
    expect(await post(server.port, TRUSTING)).toMatchObject({ outcome: 'retry', detail: 'timeout' })
  })
})

describe('a receiver that asks for a certificate', () => {
  const asking = (maxVersion: 'TLSv1.2' | 'TLSv1.3'): TlsOptions => {
    return { ...SERVER, ca: CA, requestCert: true, rejectUnauthorized: true, maxVersion }
  }

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('takes the right one with %s', async (version) => {
    await using server = await startReceiver(asking(version))
    const attempt = await post(server.port, KNOWN)
    expect(attempt).toMatchObject({ outcome: 'sent' })
    expect(inspect(attempt)).not.toContain('PRIVATE KEY')
  })

  // With TLS 1.3 the request is written before the refusal is read, and yet it has reached nobody.
  it.each([
    ['none', 'TLSv1.2', TRUSTING, /^err_ssl_\w*alert_handshake_failure$/],
    ['none', 'TLSv1.3', TRUSTING, /^err_ssl_\w*alert_certificate_required$/],
  ] as const)('and is shown %s with %s, is retry that says so', async (_, version, tls, detail) => {
    await using server = await startReceiver(asking(version))
    for (const nth of [1, 2, 3]) {
      const attempt = await post(server.port, tls)
      expect(attempt, `post ${nth}`).toMatchObject({ outcome: 'retry', answer: null })
      expect(attempt.detail).toMatch(detail)
    }
    expect(server.received()).toBe('')
  })
})

describe('destinations of one origin', () => {
  // One post at a time waits for the socket of the one before it to be free.
  beforeEach(() => {
    client = newClient({ maxSockets: 1 })
  })

  it('with different trust share no connection: a strict one is not lent that of an insecure one', async () => {
    await using server = await startReceiver(SERVER)
    const outcomes = []
    for (const tls of [INSECURE, null, INSECURE, TRUSTING, INSECURE, null]) {
      outcomes.push((await post(server.port, tls)).outcome)
    }
    expect(outcomes).toEqual(['sent', 'retry', 'sent', 'sent', 'sent', 'retry'])
    expect(server.sockets).toHaveLength(2)
  })

  it('with different certificates of their own share none either', async () => {
    await using server = await startReceiver(SERVER)
    const { cert, key } = SERVER
    for (const tls of [TRUSTING, KNOWN, { ...KNOWN, cert, key: new Secret(key) }])
      await post(server.port, tls)
    expect(server.sockets).toHaveLength(3)
  })

  it('with the same trust, each in its own words, share one', async () => {
    await using server = await startReceiver(SERVER)
    for (let nth = 0; nth < 3; nth += 1) {
      const key = new Secret(readPem('client-key'))
      expect((await post(server.port, { ...KNOWN, key })).outcome).toBe('sent')
    }
    expect(server.sockets).toHaveLength(1)
  })

  it('have all their connections closed with the client', async () => {
    await using server = await startReceiver(SERVER)
    for (const tls of [TRUSTING, KNOWN, INSECURE]) await post(server.port, tls)
    expect(server.sockets.map((socket) => socket.destroyed)).toEqual([false, false, false])
    await client.close()
    await eventually('all are closed', () => server.sockets.every((socket) => socket.destroyed))
  })
})
