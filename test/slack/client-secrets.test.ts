import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import type { Attempt, SlackClient } from '../../src/slack/client.ts'
import { SECRET_PATH, useClients } from './support/clients.ts'
import { api, message, webhook } from './support/destinations.ts'
import { answering, freePort, httpAnswer, startRawServer } from './support/servers.ts'

const newClient = useClients()
let client: SlackClient

beforeEach(() => {
  client = newClient()
})

function post(port: number): Promise<Attempt> {
  return client.post(webhook(`http://127.0.0.1:${port}${SECRET_PATH}`), message())
}

describe('secrets', () => {
  const TOKEN = 'xoxb-1234567890-marker-token'

  function expectNoSecret(attempt: Attempt, secrets: readonly string[]): void {
    const printed = [JSON.stringify(attempt), inspect(attempt, { depth: null, showHidden: true })].join('\n')
    for (const secret of secrets) expect(printed.toLowerCase()).not.toContain(secret.toLowerCase())
  }

  it.each([
    [200, (url: string) => `you asked for ${url}`],
    [500, (url: string) => `<a href="${url}">${url.toLowerCase()}</a>`],
    [400, () => `{"path":"\\/services\\/T0SECRET1\\/B0SECRET2\\/sEcReTsEcReTsEcReT24"}`],
    [404, (url: string) => encodeURIComponent(url)],
    [400, () => 'secretsecretsecret24'],
    [400, () => '{"error":"secretsecretsecret24"}'],
    [403, () => `${'-'.repeat(190)}sEcReTsEcReTsEcReT24`],
  ])('a %i that echoes the webhook is masked', async (status, echo) => {
    const server = await startRawServer((socket) => {
      socket.on('data', () =>
        socket.write(httpAnswer(status, echo(`http://127.0.0.1:${server.port}${SECRET_PATH}`))),
      )
    })
    await using _ = server
    const attempt = await post(server.port)
    expect(attempt.answer?.body).toContain('<redac')
    expectNoSecret(attempt, ['sEcReTsEcReTsEcReT24', 'sEcReTsE', 'T0SECRET1', 'B0SECRET2', SECRET_PATH])
  })

  it("of somebody else are masked too, by Slack's shapes", async () => {
    await using server = await startRawServer(
      answering(httpAnswer(403, 'no such token: xoxb-9876543210-foreign')),
    )
    const attempt = await post(server.port)
    expect(attempt.answer?.body).toBe('no such token: <redacted>')
    expectNoSecret(attempt, ['xoxb-9876543210-foreign'])
  })

  it.each([200, 401, 500])('a %i that echoes the Authorization header is masked', async (status) => {
    await using server = await startRawServer((socket) => {
      socket.on('data', (request: Buffer) => {
        const header = /authorization: .*/i.exec(request.toString())?.[0] ?? 'none'
        socket.write(httpAnswer(status, header))
      })
    })
    const destination = api(`http://127.0.0.1:${server.port}/api/chat.postMessage`, {
      token: new Secret(TOKEN),
    })
    const attempt = await client.post(destination, message())
    expect(attempt.answer?.body).toBe('authorization: Bearer <redacted>')
    expectNoSecret(attempt, [TOKEN])
  })

  it('a token that comes back as the error word is no detail', async () => {
    const body = JSON.stringify({ ok: false, error: TOKEN })
    await using server = await startRawServer(answering(httpAnswer(200, body)))
    const destination = api(`http://127.0.0.1:${server.port}/`, { token: new Secret(TOKEN) })
    const attempt = await client.post(destination, message())
    expect(attempt).toMatchObject({ outcome: 'rejected', detail: 'redacted' })
    expectNoSecret(attempt, [TOKEN])
  })

  it("Slack's own words are told, though the path should hold one", async () => {
    await using server = await startRawServer(answering(httpAnswer(400, 'invalid_payload')))
    const attempt = await client.post(
      webhook(`http://127.0.0.1:${server.port}/services/T/B/invalid_payload`),
      message(),
    )
    expect(attempt).toMatchObject({ detail: 'invalid_payload', answer: { body: 'invalid_payload' } })
  })

  it.each(['http', 'https'])('failures of %s connections name neither host nor path', async (scheme) => {
    const attempt = await client.post(
      webhook(`${scheme}://secret-host.invalid:${await freePort()}${SECRET_PATH}`),
      message(),
    )
    expect(attempt.outcome).toBe('retry')
    expectNoSecret(attempt, ['secret-host', SECRET_PATH, 'sEcReTsE'])
  })

  it('an address that is no URL is named by its destination only', async () => {
    const posted = client.post(webhook('hooks.slack.com/services/secret'), message())
    const error: unknown = await posted.catch((reason: unknown) => reason)
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('services/secret')
    expect(String(error)).toBe('Error: The address of destination sales is not a URL.')
  })
})
