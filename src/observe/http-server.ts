import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError } from '../core/errors.ts'
import type { Health, HealthReport } from './health.ts'
import type { Metrics } from './metrics.ts'

/**
 * Serves /metrics, /healthz and /readyz, to be read and nothing else. No client can hold the process: slow ones
 * are cut off, connections are bounded, and closing ends every connection at once.
 */
export interface HttpServer {
  address: { host: string; port: number }
  /** `http://127.0.0.1:9464`, with the port that was chosen. */
  url: string
  close(): Promise<void>
}

export interface HttpServerOptions {
  /** A name or address; IPv6 without brackets. */
  host: string
  /** 0 lets the system choose. */
  port: number
  metrics: Pick<Metrics, 'contentType' | 'render'>
  health: Pick<Health, 'liveness' | 'readiness'>
  /** The longest a client may take to send a request, and again to read its answer; default 10 s. */
  clientTimeoutMs?: number
}

interface Answer {
  status: number
  contentType: string
  body: string
}

const CLIENT_TIMEOUT_MS = 10_000
const MAX_CONNECTIONS = 200
const MAX_HEADER_BYTES = 8 * 1024
const JSON_TYPE = 'application/json; charset=utf-8'

/** What is served is data for machines: no browser may sniff, frame, cache or run any of it. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** Rejects with AppError `port_taken`, or `usage` where the host or port cannot be listened on at all. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { clientTimeoutMs = CLIENT_TIMEOUT_MS } = options
  const server = createServer(
    {
      connectionsCheckingInterval: Math.min(1000, clientTimeoutMs),
      headersTimeout: clientTimeoutMs,
      requestTimeout: clientTimeoutMs,
      keepAliveTimeout: clientTimeoutMs,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (request, response) => {
      cutOffAfter(clientTimeoutMs, response)
      void respond(request, response, options)
    },
  )
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, options)
  const address = addressOf(server.address())
  return { address, url: formatUrl(address), close: () => close(server) }
}

/** Ends the connection of a client that reads its answer too slowly; Node's own timeouts cover the request only. */
function cutOffAfter(timeoutMs: number, response: ServerResponse): void {
  const { socket } = response
  const timer = setTimeout(() => socket?.destroy(), timeoutMs)
  response.on('close', () => clearTimeout(timer))
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpServerOptions,
): Promise<void> {
  const answer = await answerTo(request, options)
  response.writeHead(answer.status, {
    ...SECURITY_HEADERS,
    ...(answer.status === 405 ? { allow: 'GET, HEAD' } : {}),
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
  })
  response.end(answer.body)
}

async function answerTo(request: IncomingMessage, options: HttpServerOptions): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return problem(405, 'only GET and HEAD are answered')
  switch (request.url?.split('?', 1)[0]) {
    case '/metrics':
      return options.metrics.render().then(
        (body) => ({ status: 200, contentType: options.metrics.contentType, body }),
        () => problem(500, 'the metrics could not be gathered'),
      )
    case '/healthz':
      return healthAnswer(options.health.liveness())
    case '/readyz':
      return healthAnswer(options.health.readiness())
    default:
      return problem(404, 'here are /metrics, /healthz and /readyz')
  }
}

function healthAnswer({ ok, components }: HealthReport): Answer {
  const body = `${JSON.stringify({ status: ok ? 'ok' : 'unavailable', components })}\n`
  return { status: ok ? 200 : 503, contentType: JSON_TYPE, body }
}

function problem(status: number, error: string): Answer {
  return { status, contentType: JSON_TYPE, body: `${JSON.stringify({ error })}\n` }
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays for good: once listening, a connection that cannot be accepted (no file descriptors) is no reason to end.
    server.on('error', (error: NodeJS.ErrnoException) => reject(listenError(error, { host, port })))
    server.listen({ host, port, exclusive: true }, resolve)
  })
}

function listenError(error: NodeJS.ErrnoException, address: { host: string; port: number }): AppError {
  const url = formatUrl(address)
  if (error.code === 'EADDRINUSE') {
    return new AppError(
      'port_taken',
      `cannot serve health and metrics on ${url}: another process has port ${address.port}. ` +
        'Stop it, or choose another with --http HOST:PORT (port 0 takes any that is free).',
      { cause: error },
    )
  }
  return new AppError(
    'usage',
    `cannot serve health and metrics on ${url}: ${error.code ?? error.message}. ` +
      'Choose an address of this machine and a port that this user may open with --http HOST:PORT.',
    { cause: error },
  )
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function addressOf(address: AddressInfo | string | null): { host: string; port: number } {
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.')
  return { host: address.address, port: address.port }
}

function formatUrl({ host, port }: { host: string; port: number }): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
