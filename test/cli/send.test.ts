import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { send } from '../../src/cli/send.ts'
import { writeFiles } from '../config/load-text.ts'
import { SECRET_PATH } from '../slack/support/clients.ts'
import { answering, freePort, httpAnswer, type RawServer, startRawServer } from '../slack/support/servers.ts'
import { readPem } from '../support/certificates.ts'
import { captureIo } from './support/captured-io.ts'

const KAFKA =
  'kafka: { brokers: "${BROKERS}", events: ["${TOPIC}"], sasl: { mechanism: plain, username: u, password: "${PW}" } }\n'

interface Sending {
  destination?: string
  text?: string
  env?: Record<string, string>
  files?: Record<string, string>
}

/** A configuration in which nothing that Kafka needs is set. */
async function run(
  yaml: string,
  { destination = 'sales', text = 'hello', env = {}, files = {} }: Sending = {},
) {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined)
  }
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  const folder = writeFiles({ 'bellhop.yaml': KAFKA + yaml, ...files })
  const io = captureIo(env)
  const code = await send({ config: join(folder, 'bellhop.yaml'), destination, text }, io)
  return { code, out: io.out(), err: io.err().replaceAll(folder, '') }
}

function webhookAt(port: number, more = ''): string {
  const origin = `http://127.0.0.1:${port}`
  return `slack: { allow_origins: ["${origin}"], api_url: "${origin}/api/chat.postMessage" }
destinations:
  sales: { webhook_url: "${origin}${SECRET_PATH}"${more} }
  app: { token: "xoxb-17-secret-token", channel: "#alerts" }
  other: { webhook_url: "\${OTHER_URL}" }
  nowhere: { type: blackhole }
actions:
  - { id: own, trigger: "true", message: hi, topics: [x], webhook_url: "${origin}/services/own-own-own" }
`
}

function bodyOf(server: RawServer): Record<string, unknown> {
  return JSON.parse(server.received().split('\r\n\r\n')[1] ?? '')
}

describe('a message that Slack takes', () => {
  it('goes as run would send it, and needs nothing that is not its own', async () => {
    await using server = await startRawServer(answering(httpAnswer(200, 'ok')))
    const { code, out, err } = await run(webhookAt(server.port, ', username: Shop, icon_emoji: ":tada:"'), {
      text: '<!here> *a* & b {{ $.x }}',
    })
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(
      /^Posted to sales \(webhook on http:\/\/127\.0\.0\.1:\d+\) in \d\.\d\d s\.\nAnswer: HTTP 200 ok\n$/,
    )
    expect(bodyOf(server)).toEqual({
      text: '<!here> *a* & b {{ $.x }}',
      username: 'Shop',
      icon_emoji: ':tada:',
      unfurl_links: false,
      unfurl_media: false,
    })
  })

  it('goes to a channel of a Slack app, and its id is told', async () => {
    const answer = '{"ok":true,"ts":"1700000000.000100","channel":"C012345","message":{"text":"hello"}}'
    await using server = await startRawServer(answering(httpAnswer(200, answer)))
    const { code, out } = await run(webhookAt(server.port), { destination: 'app' })
    expect(code).toBe(0)
    expect(out).toContain('as message 1700000000.000100 in channel C012345.')
    expect(server.received()).toContain('Bearer xoxb-17-secret-token')
    expect(out).not.toContain('xoxb-17')
  })

  it("goes to an action's own webhook, whatever the other actions lack", async () => {
    await using server = await startRawServer(answering(httpAnswer(200, 'ok')))
    const other = '  - { id: b, trigger: "true", message: hi, webhook_url: "${B_URL}" }\n'
    const { code } = await run(webhookAt(server.port) + other, { destination: 'own' })
    expect(code).toBe(0)
    expect(server.received()).toContain('POST /services/own-own-own ')
  })

  it('goes to a disabled destination too, which is said', async () => {
    await using server = await startRawServer(answering(httpAnswer(200, 'ok')))
    const { code, out } = await run(webhookAt(server.port, ', enabled: false'))
    expect(code).toBe(0)
    expect(out).toContain('Destination sales is disabled (enabled: false)')
  })
})

describe('a message that does not arrive', () => {
  it.each([
    [
      'a webhook that is gone',
      httpAnswer(404, 'no_service'),
      'Answer: HTTP 404 no_service',
      'does not exist any more',
    ],
    [
      'a channel that is not there',
      httpAnswer(404, 'channel_not_found'),
      'HTTP 404 channel_not_found',
      'no such channel',
    ],
    ['a wrong token', httpAnswer(403, 'invalid_token'), 'HTTP 403 invalid_token', 'is not valid'],
    [
      'a page of somebody else',
      httpAnswer(200, '<html>Log in</html>'),
      'HTTP 200 <html>Log in</html> (foreign_body 200)',
      'not Slack',
    ],
    ['trouble at Slack', httpAnswer(503, ''), 'HTTP 503 empty_body 503', 'trouble of its own'],
    [
      'a redirect',
      httpAnswer(302, 'moved', 'location: https://evil.example\r\n'),
      'HTTP 302 moved',
      'redirect',
    ],
  ])('%s', async (_, answer, said, means) => {
    await using server = await startRawServer(answering(answer))
    const { code, out } = await run(webhookAt(server.port))
    expect(code).toBe(1)
    expect(out).toContain(said)
    expect(out).toContain(means)
    expect(out).toContain('What to do: ')
    expect(out).toContain('In a running bellhop: ')
  })

  it('too fast: how long Slack asks to wait', async () => {
    await using server = await startRawServer(
      answering(httpAnswer(429, 'rate_limited', 'retry-after: 30\r\n')),
    )
    const { code, out } = await run(webhookAt(server.port))
    expect(code).toBe(1)
    expect(out).toContain('Slack asks to wait: 30 s\n')
  })

  it('until a far day: in words', async () => {
    await using server = await startRawServer(answering(httpAnswer(429, '', 'retry-after: 5400\r\n')))
    expect((await run(webhookAt(server.port))).out).toContain('Slack asks to wait: 1 h 30 min\n')
  })

  it("with somebody else's secret in it: without that", async () => {
    const body = 'no such token: xoxb-1234567890-abcdefghij'
    await using server = await startRawServer(answering(httpAnswer(500, body)))
    const { out } = await run(webhookAt(server.port))
    expect(out).toContain('Answer: HTTP 500 no such token: <redacted>\n')
    expect(out).not.toContain('xoxb-')
  })

  it('a token without its scope: which one', async () => {
    const answer = '{"ok":false,"error":"missing_scope","needed":"chat:write.customize"}'
    await using server = await startRawServer(answering(httpAnswer(200, answer)))
    const { code, out } = await run(webhookAt(server.port), { destination: 'app' })
    expect(code).toBe(1)
    expect(out).toContain('(missing_scope: chat:write.customize)')
    expect(out).toContain('The token lacks a scope.')
  })

  it('nobody who listens', async () => {
    const { code, out } = await run(webhookAt(await freePort()))
    expect(code).toBe(1)
    expect(out).toContain(
      'Answer: none (econnrefused)\nWhat it means: Nobody listens at that host and port.\n',
    )
  })

  it('a request that is cut off: it may have been posted', async () => {
    await using server = await startRawServer((socket) => socket.on('data', () => socket.destroy()))
    const { code, out } = await run(webhookAt(server.port))
    expect(code).toBe(1)
    expect(out).toMatch(/^Perhaps posted to sales/)
  })

  it.each([
    ['sales', `nothing here: ${SECRET_PATH}`],
    ['app', '{"ok":false,"error":"x","token":"xoxb-17-secret-token"}'],
  ])('an answer of %s that repeats the secret: it is not shown', async (destination, body) => {
    await using server = await startRawServer(answering(httpAnswer(400, body)))
    const { code, out, err } = await run(webhookAt(server.port), { destination })
    expect(code).toBe(1)
    expect(out).toContain('<redacted>')
    for (const secret of ['T0SECRET1', 'B0SECRET2', 'sEcReT', 'xoxb-17'])
      expect(out + err).not.toContain(secret)
  })
})

describe('what is not tried', () => {
  it('a blackhole, which is said', async () => {
    const { code, out } = await run(webhookAt(1), { destination: 'nowhere' })
    expect(code).toBe(1)
    expect(out).toBe(
      'Not posted: destination nowhere is a blackhole, which takes everything and posts nothing.\n',
    )
  })

  it.each([
    [
      'sals',
      'there is no destination "sals"; did you mean "sales"? There are sales, app, other, nowhere, own.',
    ],
    ['zzz', 'there is no destination "zzz". There are sales, app, other, nowhere, own.'],
  ])('the destination %s, which does not exist', async (destination, message) => {
    await expect(run(webhookAt(1), { destination })).rejects.toMatchObject({ code: 'usage', message })
  })

  it('a destination whose own variable is not set: only that is named', async () => {
    const { code, out, err } = await run(webhookAt(1), { destination: 'other' })
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(/^\/bellhop.yaml:6:\d+: the environment variable OTHER_URL is not set\n/)
    expect(err).not.toContain('BROKERS')
    expect(err).toMatch(/\nNot posted: destination other is not complete without this\.\n$/)
  })

  it.each([
    [
      'a variable in its channel',
      'destinations: { sales: { token: xoxb-1, channel: "${ROOM}" } }',
      'ROOM is not set',
    ],
    [
      'a certificate file',
      'destinations: { sales: { webhook_url: "https://hooks.slack.com/services/x", tls: { ca: ca.pem } } }',
      'there is no such file',
    ],
    [
      'a variable of slack',
      'slack: { api_url: "${API}" }\ndestinations: { sales: { token: xoxb-1, channel: a } }',
      'API is not set',
    ],
  ])('a destination that lacks %s', async (_, yaml, message) => {
    const { code, err } = await run(`${yaml}\n`)
    expect(code).toBe(2)
    expect(err).toContain(message)
  })

  it('a configuration with an error', async () => {
    const { code, err } = await run('destinations: { sales: { webhok_url: x } }\n')
    expect(code).toBe(2)
    expect(err).toContain('there is no such option; did you mean "webhook_url"?')
  })

  it.each(['', ' \n'])('an empty text %j', async (text) => {
    await expect(run(webhookAt(1), { text })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('--text is empty'),
    })
  })

  it('a text that Slack would cut', async () => {
    await expect(run(webhookAt(1), { text: 'x'.repeat(40_001) })).rejects.toMatchObject({ code: 'usage' })
  })
})

it('a folder is read as one, certificates beside it', async () => {
  await using server = await startRawServer(answering(httpAnswer(200, 'ok')))
  const folder = writeFiles({
    'kafka.yaml': KAFKA,
    'a.yaml': webhookAt(server.port),
    'b.yaml':
      'destinations: { more: { webhook_url: "https://hooks.slack.com/services/x", tls: { ca: ca.pem } } }\n',
    'ca.pem': readPem('ca'),
  })
  const io = captureIo()
  expect(await send({ config: folder, destination: 'sales', text: 'hello' }, io)).toBe(0)
})
