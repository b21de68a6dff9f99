import type { IncomingMessage } from 'node:http'
import { type ParsedPayload, parsePayload } from './payload.ts'

/** From an HTTP request to what the desk decides on, once the request's last byte is here. */
export interface Arrival {
  route: Route
  /** A webhook's path, or the channel as chat.postMessage was asked for it, without `#`. */
  target: string
  httpMethod: string
  /** The bearer token; null where the header is missing or names another scheme. */
  token: string | null
  parsed: ParsedPayload
}

export type Route = { kind: 'webhook'; path: string } | { kind: 'api'; apiMethod: string }

const MAX_BODY_BYTES = 1_048_576

export function routeOf(req: IncomingMessage): Route {
  const path = (req.url ?? '/').split('?')[0] ?? '/'
  return path.startsWith('/api/')
    ? { kind: 'api', apiMethod: path.slice('/api/'.length) }
    : { kind: 'webhook', path }
}

/** Calls back when the request is whole; a request that breaks off never calls back. */
export function takeIn(req: IncomingMessage, route: Route, whole: (arrival: Arrival) => void): void {
  const chunks: Buffer[] = []
  let bytes = 0
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
  })
  req.on('end', () => {
    const parsed: ParsedPayload =
      bytes > MAX_BODY_BYTES
        ? { ok: false, refusal: 'msg_too_long' }
        : parsePayload(req.headers['content-type'] ?? '', Buffer.concat(chunks))
    const token = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1] ?? null
    whole({ route, target: targetOf(route, parsed), httpMethod: req.method ?? '', token, parsed })
  })
}

/** `#alerts` and `alerts` are one channel. */
export function channelName(channel: string): string {
  return channel.replace(/^#/, '')
}

function targetOf(route: Route, parsed: ParsedPayload): string {
  if (route.kind === 'webhook') return route.path
  return parsed.ok ? channelName(parsed.payload.channel ?? '') : ''
}
