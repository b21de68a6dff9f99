import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { DestinationTls } from '../../src/config/config.ts'
import { Secret } from '../../src/core/secret.ts'
import { readPem } from '../support/certificates.ts'
import { eventually } from '../support/eventually.ts'
import { SECRET_PATH, useClients } from './support/clients.ts'
import { message, webhook } from './support/destinations.ts'
import { answering, httpAnswer, type RawServer, startTlsServer } from './support/servers.ts'

const newClient = useClients()
const SERVER = { cert: readPem('server'), key: readPem('server-key') }
const TRUSTING: DestinationTls = { ca: readPem('ca'), cert: null, key: null, insecureSkipVerify: false }
const OTHER: DestinationTls = { ...TRUSTING, ca: readPem('other-ca') }
const OK = httpAnswer(200, 'ok')

/** A client, and a destination of the receiver that trusts it as told. */
function clientOf(server: RawServer) {
  const client = newClient()
  const to = (tls: DestinationTls | null) =>
    webhook(`https://127.0.0.1:${server.port}${SECRET_PATH}`, { tls })
  const post = async (tls: DestinationTls | null) => {
    const attempt = await client.post(to(tls), message())
    // undici frees a socket a turn after its answer.
    await new Promise((resolve) => setImmediate(resolve))
    return attempt
  }
  return { client, to, post }
}

const isOpen = ({ destroyed }: Socket): boolean => !destroyed

describe('destinations of another configuration', () => {
  it('that trust others are posted to over connections of their own', async () => {
    await using server = await startTlsServer(SERVER, answering(OK))
    const { client, to, post } = clientOf(server)
    expect((await post(OTHER)).outcome).toBe('retry')
    client.prepare([to(TRUSTING)])()
    expect((await post({ ...TRUSTING })).outcome).toBe('sent')
  })

  it('end the connections that none of them needs, and those alone', async () => {
    await using server = await startTlsServer(SERVER, answering(OK))
    const { client, to, post } = clientOf(server)
    await post(TRUSTING)
    client.prepare([to({ ...TRUSTING }), to(null)])()
    expect((await post({ ...TRUSTING })).outcome).toBe('sent')
    expect(server.sockets.filter(isOpen)).toHaveLength(1)
    client.prepare([to(OTHER)])()
    await eventually('it is closed', () => !server.sockets.some(isOpen))
  })

  it('let a post in flight end as it began', async () => {
    await using server = await startTlsServer(SERVER, () => {})
    const { client, to, post } = clientOf(server)
    const posted = post(TRUSTING)
    await eventually('it is in flight', () => server.received().includes('hello'))
    client.prepare([to(null)])()
    client.prepare([to(OTHER)])()
    server.sockets[0]?.write(OK)
    expect((await posted).outcome).toBe('sent')
    await eventually('then its connection is closed', () => !server.sockets.some(isOpen))
  })

  it('that cannot be connected change nothing', async () => {
    await using server = await startTlsServer(SERVER, answering(OK))
    const { client, to, post } = clientOf(server)
    await post(TRUSTING)
    const broken = { ...TRUSTING, cert: 'no certificate', key: new Secret('no key') }
    expect(() => client.prepare([to(broken)])).toThrow()
    expect((await post(TRUSTING)).outcome).toBe('sent')
    expect(server.sockets).toHaveLength(1)
  })
})
