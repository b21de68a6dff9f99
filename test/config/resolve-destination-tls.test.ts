import { afterEach, describe, expect, it, vi } from 'vitest'
import { formatProblems } from '../../src/config/load.ts'
import { secretsOf } from '../../src/config/secrets.ts'
import { readPem } from '../support/certificates.ts'
import {
  actionWith,
  configOf,
  destinationWith,
  KAFKA,
  loadText,
  problemsOf,
  slackWith,
  warningsOf,
} from './load-text.ts'

const CA = readPem('ca')
const CERT = readPem('client')
const KEY = readPem('client-key')
const ENCRYPTED = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIH\n-----END ENCRYPTED PRIVATE KEY-----\n'
const files = {
  'ca.pem': CA,
  'cert.pem': CERT,
  'key.pem': KEY,
  'both.pem': `${CERT}${KEY}`,
  'other.pem': readPem('server-key'),
  'expired.pem': readPem('expired'),
  'expired-key.pem': readPem('expired-key'),
  'bundle.pem': `${readPem('expired')}${CA}`,
  'weak.pem': readPem('weak'),
  'weak-key.pem': readPem('weak-key'),
  'encrypted.pem': ENCRYPTED,
  'broken.pem': CERT.replace('MII', 'XXX'),
  'broken-key.pem': KEY.replace('MI', 'XX'),
}

const WEBHOOK = 'webhook_url: https://hooks.slack.com/services/T0/B0/x\n'
const withTls = (tls: string) => destinationWith(`${WEBHOOK}tls: ${tls}\n`)

async function tlsOf(text: string, env: Record<string, string> = {}) {
  const destination = configOf(await loadText(text, { files, env })).destinations.get('sales')
  if (destination === undefined || destination.type === 'blackhole') throw new Error('no such destination')
  return destination.tls
}

afterEach(() => {
  vi.useRealTimers()
})

describe('tls of a destination', () => {
  it.each([
    ['paths', '{ ca: ca.pem, cert: cert.pem, key: key.pem }'],
    ['files that are expanded', '{ ca: "${file:ca.pem}", cert: "${file:cert.pem}", key: "${file:key.pem}" }'],
    ['text', `{ ca: ${JSON.stringify(CA)}, cert: ${JSON.stringify(CERT)}, key: ${JSON.stringify(KEY)} }`],
    ['variables', '{ ca: "${CA}", cert: "${CERT}", key: "${KEY}" }'],
    ['one file with certificate and key', '{ ca: ca.pem, cert: both.pem, key: both.pem }'],
  ])('is taken as %s, and the key is kept where nothing prints it', async (_, written) => {
    const tls = await tlsOf(withTls(written), { CA, CERT, KEY })
    expect(tls).toMatchObject({ ca: CA, cert: CERT, insecureSkipVerify: false })
    expect(tls?.key?.reveal()).toContain(KEY.trim())
    expect(JSON.stringify(tls)).not.toContain('PRIVATE KEY')
  })

  it('goes with a Slack app too', async () => {
    const text = destinationWith('token: xoxb-1\nchannel: C012345\ntls: { ca: ca.pem }\n')
    expect(await tlsOf(text)).toEqual({ ca: CA, cert: null, key: null, insecureSkipVerify: false })
  })

  it.each([
    '',
    '{}',
    '{ insecure_skip_verify: false }',
    '${NOT_WANTED:-}',
  ])('is nothing of its own as %j', async (written) => expect(await tlsOf(withTls(written))).toBeNull())

  it('is null where nothing is said, and for a webhook that an action carries itself', async () => {
    const text = actionWith(`trigger: "true"\nmessage: hi\n${WEBHOOK}`)
    const { destinations } = configOf(await loadText(text))
    expect([...destinations.values()]).toMatchObject([{ tls: null }, { tls: null }])
  })

  it('counts its key among the secrets', async () => {
    const config = configOf(await loadText(withTls('{ cert: cert.pem, key: key.pem }'), { files }))
    expect(secretsOf(config).map((secret) => secret.reveal())).toContain(KEY)
  })
})

const LABEL = 'destinations.sales.tls'

describe('tls of a destination is refused', () => {
  it.each([
    ['a certificate without key', '{ cert: cert.pem }', `5:12 ${LABEL}.cert: needs key beside it`],
    ['a key without certificate', '{ key: key.pem }', `5:12 ${LABEL}.key: needs cert beside it`],
    [
      'the key of another certificate',
      '{ cert: cert.pem, key: other.pem }',
      `5:33 ${LABEL}.key: is not the key of the certificate in cert`,
    ],
    [
      'a key too weak for TLS',
      '{ cert: weak.pem, key: weak-key.pem }',
      `5:33 ${LABEL}.key: and its certificate are refused by this machine's TLS: ee key too small`,
    ],
    [
      'an encrypted key',
      '{ cert: cert.pem, key: encrypted.pem }',
      `5:33 ${LABEL}.key: holds an encrypted key: decrypt it, for instance with openssl pkey`,
    ],
    [
      'a damaged key',
      '{ cert: cert.pem, key: broken-key.pem }',
      `5:33 ${LABEL}.key: holds a private key that cannot be read`,
    ],
    [
      'a damaged certificate',
      '{ ca: broken.pem }',
      `5:16 ${LABEL}.ca: holds a certificate that cannot be read`,
    ],
    ['a key for a certificate', '{ ca: key.pem }', `5:16 ${LABEL}.ca: holds no certificate in PEM form`],
    [
      'a file that is not there',
      '{ ca: nowhere.pem }',
      `5:16 ${LABEL}.ca: is neither PEM text nor a file that can be read: there is no such file`,
    ],
    [
      'an option of kafka.tls',
      '{ reject_unauthorized: false }',
      `5:12 ${LABEL}.reject_unauthorized: there is no such option; known are ca, cert, key, insecure_skip_verify`,
    ],
    [
      'a flag that is none',
      '{ insecure_skip_verify: maybe }',
      `5:34 ${LABEL}.insecure_skip_verify: must be true or false`,
    ],
    ['a word for the map', 'ca.pem', `5:10 ${LABEL}: must be a map of options`],
  ])('for %s', async (_, written, expected) => {
    expect(problemsOf(await loadText(withTls(written), { files }))).toEqual([expected])
  })

  it('where the webhook is not encrypted', async () => {
    const text = `${slackWith('allow_origins: http://127.0.0.1:3999')}
destinations:
  sales:
    webhook_url: http://127.0.0.1:3999/services/x
    tls: { insecure_skip_verify: true }
`
    expect(problemsOf(await loadText(text))).toEqual([
      `7:5 ${LABEL}: means nothing on http://127.0.0.1:3999, which is not encrypted: write https, or leave tls out`,
    ])
  })

  it('where chat.postMessage is not encrypted', async () => {
    const text = `${slackWith('allow_origins: http://127.0.0.1:1\napi_url: http://127.0.0.1:1/api/chat.postMessage')}
destinations:
  sales: { token: xoxb-1, channel: C012345, tls: { ca: ca.pem } }
`
    expect(problemsOf(await loadText(text, { files }))).toEqual([
      `6:45 ${LABEL}: means nothing on http://127.0.0.1:1, which is not encrypted: write https, or leave tls out`,
    ])
  })

  it.each(['{ ca: ca.pem }', '{}'])('on a blackhole: %s', async (written) => {
    const text = destinationWith(`type: blackhole\ntls: ${written}\n`)
    expect(problemsOf(await loadText(text, { files }))).toEqual([
      `5:5 ${LABEL}: cannot stand on a blackhole, which connects to nowhere`,
    ])
  })

  it('on an action, whose webhook can be a destination instead', async () => {
    const text = actionWith(`trigger: "true"\nmessage: hi\n${WEBHOOK}tls: { ca: ca.pem }\n`)
    expect(problemsOf(await loadText(text, { files }))).toEqual([
      expect.stringMatching(/^8:5 actions\.a\.tls: there is no such option; known are /),
    ])
  })
})

describe('tls of a destination is warned of', () => {
  it.each([
    [
      'an own certificate that has expired',
      '{ cert: expired.pem, key: expired-key.pem }',
      `5:18 ${LABEL}.cert: has expired: it was valid until 2021-01-01`,
    ],
    [
      'an authority that has expired',
      '{ ca: expired.pem }',
      `5:16 ${LABEL}.ca: has expired: it was valid until 2021-01-01`,
    ],
    [
      'any certificate being taken',
      '{ insecure_skip_verify: true }',
      `5:34 ${LABEL}.insecure_skip_verify: any certificate is taken: whoever stands between can read the messages and the address. For tests alone`,
    ],
  ])('for %s', async (_, written, expected) => {
    expect(warningsOf(await loadText(withTls(written), { files }))).toEqual([expected])
  })

  it('for a certificate whose time has not come', async () => {
    vi.useFakeTimers({ now: Date.UTC(2019, 11, 31), toFake: ['Date'] })
    const loaded = await loadText(withTls('{ cert: cert.pem, key: key.pem }'), { files })
    expect(warningsOf(loaded)).toEqual([`5:18 ${LABEL}.cert: is not valid before 2020-01-01`])
  })

  it('not for one authority of several that has expired', async () => {
    expect(warningsOf(await loadText(withTls('{ ca: bundle.pem }'), { files }))).toEqual([])
  })

  it('where its files are not there and secrets are optional', async () => {
    const loaded = await loadText(withTls('{ cert: c.pem, key: "${KEY_PEM}" }'), { secrets: 'optional' })
    expect(warningsOf(loaded)).toEqual([
      `5:18 ${LABEL}.cert: is neither PEM text nor a file that can be read: there is no such file`,
      '5:31 the environment variable KEY_PEM is not set',
    ])
  })
})

describe('no problem with tls shows a key', () => {
  const MARKER = 'sEcReTkEy0123456789'
  const PEM = `-----BEGIN PRIVATE KEY-----\\n${MARKER}\\n-----END PRIVATE KEY-----`

  it.each([
    ['that is damaged', withTls(`{ cert: cert.pem, key: "${PEM}" }`)],
    ['among the authorities', withTls(`{ ca: "${PEM}" }`)],
    ['under a misspelt name', withTls(`{ kee: "${PEM}" }`)],
    ['instead of the map', withTls(`"${PEM}"`)],
    [
      'over several lines, beside a mistake',
      destinationWith(`${WEBHOOK}tls:\n  cert: 1\n  key: |\n    ${MARKER}\n`),
    ],
    ['in a file that is no YAML', destinationWith(`${WEBHOOK}tls: { key: ${MARKER}, cert: \n`)],
    ['on a blackhole', destinationWith(`type: blackhole\ntls: { key: "${PEM}" }\n`)],
    ['on an action', `${KAFKA}actions: [{ id: a, tls: { key: "${PEM}" } }]\n`],
  ])('%s', async (_, text) => {
    const loaded = await loadText(text, { files })
    expect(loaded.kind).toBe('invalid')
    expect(formatProblems(loaded.kind === 'invalid' ? loaded.problems : [])).not.toContain(MARKER)
  })
})
