import type { IncomingMessage, ServerResponse } from 'node:http'

/** What is served over HTTP, and the headers that every answer has. */
export interface Answer {
  status: number
  contentType: string
  body: string | Buffer
  /** In place of those that keep browsers out, or beside them. */
  headers?: Readonly<Record<string, string>>
}

/** A request with its answer, and the time that the client has to read it. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  /** What was asked for, without the query. */
  route: string
  query: URLSearchParams
  /** No cut-off while the answer is being made, or for as long as a stream lasts. */
  lift(): void
  /** The cut-off holds, from now. */
  limit(): void
}

export const JSON_TYPE = 'application/json; charset=utf-8'

/** What is served is data for machines: no browser may sniff, frame, cache or run any of it. */
export const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

export function send(response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(answer.status, {
    ...SECURITY_HEADERS,
    ...answer.headers,
    'content-type': answer.contentType,
    // Of a 304 it would be that of the answer which the client has.
    ...(answer.status === 304 ? {} : { 'content-length': Buffer.byteLength(answer.body) }),
  })
  response.end(answer.body)
}

export function json(status: number, value: unknown): Answer {
  return { status, contentType: JSON_TYPE, body: `${JSON.stringify(value)}\n` }
}

export function problem(status: number, error: string): Answer {
  return json(status, { error })
}

export function notAllowed(allow: string, error: string): Answer {
  return { ...problem(405, error), headers: { allow } }
}
