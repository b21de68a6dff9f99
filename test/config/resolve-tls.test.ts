import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { configOf, kafkaWith, loadText, problemsOf, warningsOf } from './load-text.ts'

/**
 * certificates/ holds a self-signed certificate of the curve P-256 that is valid for a hundred years, its key,
 * the same key encrypted, and another key, all made with openssl for these tests alone.
 */
const pem = (name: string) => readFileSync(new URL(`certificates/${name}.pem`, import.meta.url), 'utf8')
const CERT = pem('client-cert')
const KEY = pem('client-key')
const files = {
  'cert.pem': CERT,
  'two.pem': `# authorities\n${CERT}\n${CERT}`,
  'key.pem': KEY,
  'other.pem': pem('other-key'),
  'encrypted.pem': pem('encrypted-key'),
  'broken.pem': CERT.replace('MII', 'XXX'),
  'broken-key.pem': KEY.replace('MIG', 'XXX'),
  'text.txt': 'nothing of the kind',
}

describe('certificates and keys', () => {
  it.each([
    ['as paths', '{ ca: two.pem, cert: cert.pem, key: key.pem, reject_unauthorized: false }'],
    [
      'as files that are expanded',
      '{ ca: "${file:two.pem}", cert: "${file:cert.pem}", key: "${file:key.pem}" }',
    ],
    ['as text', `{ cert: ${JSON.stringify(CERT)}, key: ${JSON.stringify(KEY)} }`],
    ['as variables', '{ cert: "${CERT}", key: "${KEY}" }'],
  ])('are taken %s', async (_, tls) => {
    const loaded = await loadText(kafkaWith(`tls: ${tls}\n`), { files, env: { CERT, KEY } })
    const found = configOf(loaded).kafka.tls
    expect(found?.cert?.trim()).toBe(CERT.trim())
    expect(found?.key?.reveal().trim()).toBe(KEY.trim())
    expect(JSON.stringify(found)).not.toContain('PRIVATE KEY')
  })

  it.each([
    ['a certificate without key', '{ cert: cert.pem }', ['4:10 kafka.tls.cert: needs key beside it']],
    ['a key without certificate', '{ key: key.pem }', ['4:10 kafka.tls.key: needs cert beside it']],
    [
      'the key of another certificate',
      '{ cert: cert.pem, key: other.pem }',
      ['4:31 kafka.tls.key: is not the key of the certificate in cert'],
    ],
    [
      'an encrypted key',
      '{ cert: cert.pem, key: encrypted.pem }',
      ['4:31 kafka.tls.key: holds an encrypted key: decrypt it, for instance with openssl pkey'],
    ],
    [
      'a damaged key',
      '{ cert: cert.pem, key: broken-key.pem }',
      ['4:31 kafka.tls.key: holds a private key that cannot be read'],
    ],
    [
      'a damaged certificate',
      '{ ca: broken.pem }',
      ['4:14 kafka.tls.ca: holds a certificate that cannot be read'],
    ],
    [
      'a key where a certificate belongs',
      '{ ca: key.pem }',
      ['4:14 kafka.tls.ca: holds no certificate in PEM form'],
    ],
    ['text that is neither', '{ ca: text.txt }', ['4:14 kafka.tls.ca: holds no certificate in PEM form']],
    [
      'a file that is not there',
      '{ ca: nowhere.pem }',
      ['4:14 kafka.tls.ca: is neither PEM text nor a file that can be read: there is no such file'],
    ],
  ])('are refused: %s', async (_, tls, expected) => {
    expect(problemsOf(await loadText(kafkaWith(`tls: ${tls}\n`), { files }))).toEqual(expected)
  })

  it('that are not there are a warning where secrets are optional', async () => {
    const loaded = await loadText(kafkaWith('tls: { cert: c.pem, key: k.pem }\n'), { secrets: 'optional' })
    expect(warningsOf(loaded)).toEqual([
      '4:16 kafka.tls.cert: is neither PEM text nor a file that can be read: there is no such file',
      '4:28 kafka.tls.key: is neither PEM text nor a file that can be read: there is no such file',
    ])
  })
})
