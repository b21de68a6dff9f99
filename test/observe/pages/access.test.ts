import { describe, expect, it } from 'vitest'
import { Secret } from '../../../src/core/secret.ts'
import {
  type Asked,
  isFromAnotherSite,
  isLoopbackAddress,
  judgeAccess,
  newSession,
  SESSION_COOKIE,
  SESSION_MS,
} from '../../../src/observe/pages/access.ts'

const token = new Secret('a-long-token-of-a-test')
const NOW = 1_769_846_400_000
const asked = (more: Partial<Asked>): Asked => ({
  headers: {},
  onLoopback: false,
  token: null,
  nowMs: NOW,
  ...more,
})
const kindOf = (more: Partial<Asked>): string => judgeAccess(asked(more)).kind

describe('on loopback', () => {
  it.each([
    ['localhost', 'granted'],
    ['localhost:9464', 'granted'],
    ['LOCALHOST:9464', 'granted'],
    ['localhost.', 'granted'],
    ['127.0.0.1:9464', 'granted'],
    ['127.0.0.53', 'granted'],
    ['[::1]:9464', 'granted'],
    ['[::1]', 'granted'],
    ['evil.example', 'refused'],
    ['evil.example:9464', 'refused'],
    ['localhost.evil.example', 'refused'],
    ['127.0.0.1.evil.example', 'refused'],
    ['127.0.0.1@evil.example', 'refused'],
    ['evil.example#localhost', 'refused'],
    ['10.0.0.1:9464', 'refused'],
    ['0.0.0.0:9464', 'refused'],
    ['[::2]', 'refused'],
    ['', 'refused'],
    [undefined, 'refused'],
  ])('a request to the host %s is %s', (host, kind) => {
    expect(kindOf({ onLoopback: true, headers: { host } })).toBe(kind)
  })

  it('says how to reach it by another name', () => {
    const access = judgeAccess(asked({ onLoopback: true, headers: { host: 'ops.example' } }))
    expect(access).toMatchObject({ why: expect.stringMatching(/loopback.*localhost.*http_token/) })
  })

  it('no token opens it to another name', () => {
    const headers = { host: 'evil.example', authorization: `Bearer ${token.reveal()}` }
    expect(kindOf({ onLoopback: true, token, headers })).toBe('refused')
  })
})

describe('on any other address', () => {
  const cookieOf = (value: string): { cookie: string } => ({
    cookie: `other=1; ${SESSION_COOKIE}=${value}; more=2`,
  })
  const session = newSession(token, NOW)
  it.each<[string, Asked['headers'], string]>([
    ['nothing', {}, 'sign_in'],
    ['the token', { authorization: 'Bearer a-long-token-of-a-test' }, 'granted'],
    ['the token after a small bearer', { authorization: 'bearer  a-long-token-of-a-test ' }, 'granted'],
    ['a wrong token', { authorization: 'Bearer a-long-token-of-a-tesT' }, 'sign_in'],
    ['a beginning of the token', { authorization: 'Bearer a-long' }, 'sign_in'],
    ['an empty token', { authorization: 'Bearer ' }, 'sign_in'],
    ['a token of another kind', { authorization: 'Basic a-long-token-of-a-test' }, 'sign_in'],
    ['a session', cookieOf(session), 'granted'],
    ['the token in place of a session', cookieOf('a-long-token-of-a-test'), 'sign_in'],
    ['a session without a signature', cookieOf(`${NOW + 1_000}.`), 'sign_in'],
    ['a session made longer', cookieOf(session.replace(/^\d+/, String(NOW + 9 * SESSION_MS))), 'sign_in'],
    ['a session of another token', cookieOf(newSession(new Secret('another'), NOW)), 'sign_in'],
    ['a session that has ended', cookieOf(newSession(token, NOW - SESSION_MS)), 'sign_in'],
    ['a session under another name', { cookie: `x${SESSION_COOKIE}=${session}` }, 'sign_in'],
    ['a loopback name', { host: 'localhost' }, 'sign_in'],
  ])('%s is answered so', (_, headers, kind) => {
    expect(kindOf({ token, headers })).toBe(kind)
  })

  it('without a configured token nothing opens it, and the answer names the option', () => {
    const access = judgeAccess(asked({ headers: { authorization: 'Bearer ', host: 'localhost' } }))
    expect(access).toMatchObject({ kind: 'refused', why: expect.stringContaining('http_token') })
  })

  it('a session does not tell the token', () => {
    expect(session).not.toContain('token')
    expect(session).toMatch(/^\d{13}\.[\w-]{43}$/)
  })
})

it.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.127.0.0', false],
  ['1127.0.0.1', false],
])('%s is loopback: %s', (address, expected) => {
  expect(isLoopbackAddress(address)).toBe(expected)
})

it.each([
  ['same-origin', false],
  ['none', false],
  [undefined, false],
  ['cross-site', true],
  ['same-site', true],
])('sec-fetch-site %s is from another site: %s', (site, expected) => {
  expect(isFromAnotherSite(site === undefined ? {} : { 'sec-fetch-site': site })).toBe(expected)
})
