import type { IncomingMessage } from 'node:http'
import type { Secret } from '../../core/secret.ts'
import type { Answer } from '../http-answer.ts'
import { isToken, newSession, SESSION_COOKIE, SESSION_MS } from './access.ts'

/** The form of pages/status/sign-in.html, and what it posts. */
const MAX_BODY_BYTES = 4 * 1024
const MARK_OF_PROBLEM = '<!-- problem -->'

export function signInForm(html: Buffer, why: string | null): Answer {
  const note = why === null ? '' : `<p class="sign-in-problem" role="alert">${why}</p>`
  return {
    status: 401,
    contentType: 'text/html; charset=utf-8',
    body: html.toString('utf8').replace(MARK_OF_PROBLEM, note),
    headers: { 'www-authenticate': 'Bearer realm="bellhop"' },
  }
}

/** The answer to what was posted; null where the token was wrong or missing. */
export async function signIn(request: IncomingMessage, token: Secret, nowMs: number): Promise<Answer | null> {
  const body = await readForm(request)
  const given = body === null ? null : new URLSearchParams(body).get('token')?.trim()
  if (given === null || given === undefined || !isToken(given, token)) return null
  const secure = request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : ''
  const cookie =
    `${SESSION_COOKIE}=${newSession(token, nowMs)}; Path=/; HttpOnly; SameSite=Strict; ` +
    `Max-Age=${SESSION_MS / 1_000}${secure}`
  return {
    status: 303,
    contentType: 'text/plain; charset=utf-8',
    body: 'signed in\n',
    headers: { location: '/', 'set-cookie': cookie },
  }
}

/** Null where it is longer than any form of ours; the server's own time limit ends a slow one. */
async function readForm(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
    else if (bytes > 16 * MAX_BODY_BYTES) request.destroy()
  }
  return bytes > MAX_BODY_BYTES ? null : Buffer.concat(chunks).toString('utf8')
}
