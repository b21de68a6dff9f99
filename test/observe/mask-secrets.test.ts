import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { createSecretMask } from '../../src/observe/mask-secrets.ts'

it.each<{ what: string; secret: string; data: unknown; masked: unknown }>([
  {
    what: 'a value inside a longer text',
    secret: 'hunter22',
    data: 'password hunter22!',
    masked: 'password <redacted>!',
  },
  {
    what: 'a value with regular expression characters',
    secret: 'a+b(c)[d]',
    data: 'a+b(c)[d]',
    masked: '<redacted>',
  },
  {
    what: 'a value with quotes and backslashes',
    secret: 'a"b\\c"d',
    data: 'x a"b\\c"d y',
    masked: 'x <redacted> y',
  },
  {
    what: 'a value that begins like an escape',
    secret: 'n12345',
    data: '\n12345 \\n12345',
    masked: '\n12345 \\<redacted>',
  },
  {
    what: 'a value that looks like the digits of an escape',
    secret: '001b12',
    data: '\u001b12 001b12',
    masked: '\u001b12 <redacted>',
  },
  {
    what: 'a value of digits, but not in a number',
    secret: '123456',
    data: { offset: 1234567, at: '1234567' },
    masked: { offset: 1234567, at: '<redacted>7' },
  },
  {
    what: 'a URL-encoded value',
    secret: 'a b/c&d',
    data: 'https://x/?p=a%20b%2Fc%26d',
    masked: 'https://x/?p=<redacted>',
  },
  {
    what: 'a URL that was normalised',
    secret: 'HTTPS://Hooks.example.com/a/b',
    data: 'https://hooks.example.com/a/b',
    masked: '<redacted>',
  },
  {
    what: 'nothing for a value too short to be told from a word',
    secret: 'kafka',
    data: 'kafka',
    masked: 'kafka',
  },
])('masks $what', ({ secret, data, masked }) => {
  const mask = createSecretMask([new Secret(secret)])
  expect(JSON.parse(mask(JSON.stringify(data)))).toEqual(masked)
})

it('masks the whole of a secret that begins with another', () => {
  const mask = createSecretMask([new Secret('abcdef'), new Secret('abcdefghijkl')])
  expect(mask('"abcdefghijkl abcdef"')).toBe('"<redacted> <redacted>"')
})

it('leaves JSON valid and free of the secret, whatever both are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 6 }), fc.json(), fc.string(), (secret, json, text) => {
      const mask = createSecretMask([new Secret(secret)])
      const line = JSON.stringify({ json, found: `${text}${secret}${text}` })
      const parsed: unknown = JSON.parse(mask(line))
      expect(parsed).toHaveProperty('found')
      if (!'<redacted>'.includes(secret))
        expect(JSON.stringify(parsed)).not.toContain(JSON.stringify(secret).slice(1, -1))
    }),
  )
})

it('takes ten thousand webhooks', () => {
  const secrets = Array.from(
    { length: 10_000 },
    (_, i) => new Secret(`https://hooks.slack.com/services/T${i}/B${i}/token-number-${i}`),
  )
  const mask = createSecretMask(secrets)
  expect(mask('"x token-number-9999 y"')).toBe('"x <redacted> y"')
})
