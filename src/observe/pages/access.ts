import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Secret } from '../../core/secret.ts'

/**
 * Who may see the status page. On loopback whoever is on this machine may, but only under a loopback name: a page of
 * another site whose name was made to point here (DNS rebinding) names that site in `Host`. On any other address the
 * token is demanded, as `Authorization: Bearer`, or as the session that signing in gives. Tokens are compared by
 * their SHA-256, in constant time.
 */
export type Access =
  | { kind: 'granted' }
  /** Nobody has shown a token, or a wrong one. */
  | { kind: 'sign_in' }
  | { kind: 'refused'; why: string }

export interface Asked {
  headers: IncomingHttpHeaders
  /** Whether what is listened on is loopback. */
  onLoopback: boolean
  token: Secret | null
  nowMs: number
}

export const SESSION_COOKIE = 'bellhop_session'
export const SESSION_MS = 12 * 3_600_000

export function judgeAccess({ headers, onLoopback, token, nowMs }: Asked): Access {
  if (onLoopback) return isLoopbackHost(headers.host) ? GRANTED : FOREIGN_HOST
  if (token === null) return NO_TOKEN
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer !== undefined && isToken(bearer, token)) return GRANTED
  return hasSession(headers.cookie ?? '', token, nowMs) ? GRANTED : { kind: 'sign_in' }
}

const GRANTED: Access = { kind: 'granted' }
const FOREIGN_HOST: Access = {
  kind: 'refused',
  why:
    'The status page is served on loopback, so it answers only to localhost, 127.0.0.1 or [::1] as the host in the ' +
    'address. To reach it by another name, serve it on another address (--http HOST:PORT) with http_token set.',
}
const NO_TOKEN: Access = {
  kind: 'refused',
  why:
    'The status page is served beyond loopback only with a token: set http_token in the configuration, such as ' +
    '`http_token: ${BELLHOP_HTTP_TOKEN}`, and reload or start again. /metrics, /healthz and /readyz need none.',
}

export function isToken(given: string, token: Secret): boolean {
  return timingSafeEqual(sha256(given), sha256(token.reveal()))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** A session tells when it ends, signed with the token: it holds on every process that has the token, and no longer. */
export function newSession(token: Secret, nowMs: number): string {
  const endsMs = nowMs + SESSION_MS
  return `${endsMs}.${sign(endsMs, token)}`
}

function hasSession(cookies: string, token: Secret, nowMs: number): boolean {
  return cookies.split(';').some((cookie) => {
    const [name, value = ''] = cookie.trim().split('=', 2)
    const [endsMs = '', signature = ''] = value.split('.', 2)
    if (name !== SESSION_COOKIE || !/^\d{1,15}$/.test(endsMs) || Number(endsMs) <= nowMs) return false
    return timingSafeEqual(sha256(signature), sha256(sign(Number(endsMs), token)))
  })
}

function sign(endsMs: number, token: Secret): string {
  return createHmac('sha256', token.reveal()).update(`bellhop session until ${endsMs}`).digest('base64url')
}

export function isLoopbackAddress(address: string): boolean {
  return /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/i.test(address) || address === '::1'
}

function isLoopbackHost(host: string | undefined): boolean {
  const name = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d+)?$/i.exec(host ?? '')?.[1]?.toLowerCase()
  if (name === undefined) return false
  return /^localhost\.?$/.test(name) || isLoopbackAddress(name.replace(/^\[|\]$/g, ''))
}

/**
 * Whether another site's page asks, by way of a visitor's browser: it could read no answer, but make work. Browsers
 * set the header themselves; what sends none is no browser, or an old one.
 */
export function isFromAnotherSite(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}
