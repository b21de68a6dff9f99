import avro from 'avsc'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RegistryConfig } from '../../src/config/config.ts'
import { Secret } from '../../src/core/secret.ts'
import { freePorts } from '../../src/local/ports.ts'
import { createSchemaRegistry, type SchemaRegistry } from '../../src/registry/schema-registry.ts'
import { readPem } from '../support/certificates.ts'
import { randomPrefix } from '../support/kafka.ts'
import { testRegistry } from '../support/registry.ts'
import {
  type RegistryProxy,
  type RegistryProxyOptions,
  startRegistryProxy,
} from '../support/registry-proxy.ts'

let url: string
beforeAll(async () => {
  url = await testRegistry()
})

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

function registry(change: Partial<RegistryConfig> = {}): SchemaRegistry {
  const config = { url, auth: null, ca: null, timeoutMs: 5_000, unknownSchemaWaitMs: 1_000, ...change }
  const created = createSchemaRegistry(config)
  open.push(created)
  return created
}

async function proxy(options: Omit<RegistryProxyOptions, 'target'> = {}): Promise<RegistryProxy> {
  const started = await startRegistryProxy({ target: url, ...options })
  open.push(started)
  return started
}

/** A record with a field of each type. */
function recordOf(fields: Record<string, unknown>): string {
  const all = Object.entries(fields).map(([name, type]) => ({ name, type }))
  return JSON.stringify({ type: 'record', name: 'Event', namespace: 'test', fields: all })
}

const UNKNOWN_ID = 2_000_000_000

describe('a registry', () => {
  it('keeps a schema under one id however often it is registered, and gives its type back', async () => {
    const subject = `${randomPrefix('schema')}-value`
    const id = await registry().register(subject, recordOf({ name: 'string', at: 'long' }))

    expect(await registry().register(subject, recordOf({ name: 'string', at: 'long' }))).toBe(id)
    const type = await registry().schema(id)
    if (!(type instanceof avro.Type)) throw new Error(`no type: ${type}`)
    expect(type.fromBuffer(type.toBuffer({ name: 'a', at: 5 }))).toEqual({ name: 'a', at: 5 })
  })

  it('knows no id that was never given', async () => {
    expect(await registry().schema(UNKNOWN_ID)).toBe(null)
  })

  it('has schemas that are not Avro', async () => {
    const response = await fetch(`${url}/subjects/${randomPrefix('json')}-value/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({
        schemaType: 'JSON',
        schema: '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}',
      }),
    })
    const { id } = (await response.json()) as { id: number }

    expect(await registry().schema(id)).toBe('unusable')
  })

  it('has schemas that refer to others', async () => {
    const prefix = randomPrefix('reference')
    const customer = JSON.stringify({
      type: 'record',
      name: 'Customer',
      namespace: 'test',
      fields: [{ name: 'id', type: 'long' }],
    })
    await registry().register(`${prefix}-customer`, customer)
    const response = await fetch(`${url}/subjects/${prefix}-value/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({
        schema: recordOf({ customer: 'test.Customer' }),
        references: [{ name: 'test.Customer', subject: `${prefix}-customer`, version: 1 }],
      }),
    })
    const { id } = (await response.json()) as { id: number }

    const type = await registry().schema(id)
    if (!(type instanceof avro.Type)) throw new Error(`no type: ${type}`)
    expect(type.fromBuffer(Buffer.from([14]))).toEqual({ customer: { id: 7 } })
  })

  it('refuses an incompatible schema, and the compatibility of the subject stays what it was', async () => {
    const subject = `${randomPrefix('refused')}-value`
    await registry().register(subject, recordOf({ name: 'string' }))
    const config = { method: 'PUT', headers: { 'content-type': 'application/json' } }
    await fetch(`${url}/config/${subject}`, { ...config, body: '{"compatibility":"FULL_TRANSITIVE"}' })

    await expect(registry().register(subject, recordOf({ name: 'long' }))).rejects.toMatchObject({
      name: 'SchemaRefused',
      subject,
      message: expect.stringContaining(`refuses the schema of ${subject}`),
    })
    const kept = await (await fetch(`${url}/config/${subject}`)).json()
    expect(kept).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' })
  })
})

describe('a registry behind TLS and a login', () => {
  const tls = { cert: readPem('server'), key: readPem('server-key') }
  const auth = { username: 'bellhop', password: new Secret('open: sesame') }
  const ca = readPem('ca')

  it('is reached with both', async () => {
    const { url } = await proxy({ tls, login: 'bellhop:open: sesame' })

    expect(await registry({ url, auth, ca }).schema(UNKNOWN_ID)).toBe(null)
  })

  it.each([
    ['the login is missing', { ca }, 'refuses the login (401): check registry.username'],
    ['the authority is missing', { auth }, 'set registry.ca to the authority that signed its certificate'],
    ['the authority is another', { auth, ca: readPem('other-ca') }, 'set registry.ca'],
    [
      'the password is wrong',
      { auth: { ...auth, password: new Secret('sesam') }, ca },
      'refuses the login (401)',
    ],
  ])('says so when %s, and no password', async (_what, change, complaint) => {
    const { url } = await proxy({ tls, login: 'bellhop:open: sesame' })

    const asking = registry({ url, ...change }).schema(1)

    await expect(asking).rejects.toThrow(complaint)
    await expect(asking).rejects.not.toThrow(/sesam/)
  })
})

describe('a registry that is away', () => {
  it.each([
    ['cuts the connection', 'cut', 'does not answer: UND_ERR_SOCKET'],
    ['says nothing', 'silent', 'does not answer: nothing within 0.3 s'],
    ['fails', 'failing', 'fails with status 503'],
  ] as const)('is unavailable, not ignorant, when it %s', async (_what, mode, complaint) => {
    const behind = await proxy()
    behind.mode = mode

    const asking = registry({ url: behind.url, timeoutMs: 300 }).schema(1)

    await expect(asking).rejects.toMatchObject({ name: 'RegistryUnavailable' })
    await expect(asking).rejects.toThrow(complaint)
  })

  it('is unavailable when nobody listens', async () => {
    const [port] = await freePorts(1)

    const asking = registry({ url: `http://127.0.0.1:${port}` }).schema(1)

    await expect(asking).rejects.toThrow('does not answer: ECONNREFUSED')
  })

  it('is unavailable where the address leads past it: a 404 of another kind is no unknown id', async () => {
    const asking = registry({ url: url.replace('/apis/', '/elsewhere/') }).schema(1)

    await expect(asking).rejects.toThrow('registry.url must be where its paths /schemas and /subjects begin')
  })

  it('is asked again after an answer that never came, for the same id', async () => {
    const behind = await proxy()
    const asker = registry({ url: behind.url, timeoutMs: 300 })
    behind.mode = 'silent'
    await expect(asker.schema(UNKNOWN_ID)).rejects.toThrow('nothing within')
    behind.mode = 'on'

    expect(await asker.schema(UNKNOWN_ID)).toBe(null)
  })
})
