import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { createSchemaRegistry } from '../../src/registry/schema-registry.ts'
import { startProxy } from '../slack/support/proxy.ts'
import { readPem } from '../support/certificates.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of open.splice(0)) await close()
})

const answer: RequestListener = (_request, response) => response.end('{"schema":"\\"string\\""}')

/** A registry that knows one schema under every id; its port. */
async function startRegistry(tls: boolean): Promise<number> {
  const credentials = { cert: readPem('server'), key: readPem('server-key') }
  const server = tls ? createTlsServer(credentials, answer) : createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return (server.address() as AddressInfo).port
}

/** Asks for a schema of a registry at an address that only a proxy can reach. */
async function askFor(url: string, ca: string | null): Promise<unknown> {
  const auth = { username: 'me', password: new Secret('sesame') }
  const registry = createSchemaRegistry({ url, auth, ca, timeoutMs: 3_000, unknownSchemaWaitMs: 0 })
  open.push(() => registry.close())
  return registry.schema(1)
}

describe('a registry behind a proxy', () => {
  it.each([
    ['https', 'HTTPS_PROXY', 443],
    ['http', 'HTTP_PROXY', 80],
  ])('is reached over %s through %s', async (scheme, variable, port) => {
    const isTls = scheme === 'https'
    await using proxy = await startProxy(await startRegistry(isTls))
    vi.stubEnv(variable, `http://127.0.0.1:${proxy.port}`)

    expect(String(await askFor(`${scheme}://chat.invalid`, isTls ? readPem('ca') : null))).toBe('"string"')
    expect(proxy.asked).toEqual([`chat.invalid:${port}`])
  })

  it('is not looked for there where NO_PROXY names it', async () => {
    await using proxy = await startProxy(await startRegistry(false))
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${proxy.port}`)
    vi.stubEnv('NO_PROXY', 'chat.invalid')

    await expect(askFor('http://chat.invalid', null)).rejects.toThrow(
      /does not answer: (ENOTFOUND|EAI_AGAIN)/,
    )
    expect(proxy.asked).toEqual([])
  })

  it('says that it is the proxy that refuses, and shows no password', async () => {
    await using proxy = await startProxy(1, { credentials: 'Basic eA==' })
    vi.stubEnv('HTTPS_PROXY', `http://u:open@127.0.0.1:${proxy.port}`)
    const asking = askFor('https://chat.invalid', readPem('ca'))

    await expect(asking).rejects.toThrow('does not answer: proxy: answered 407')
    await expect(asking).rejects.not.toThrow(/open|sesame/)
  })
})
