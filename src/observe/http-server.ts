import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError } from '../core/errors.ts'
import type { Health, HealthReport } from './health.ts'
import { type Answer, type Exchange, json, notAllowed, problem, send } from './http-answer.ts'
import type { Metrics } from './metrics.ts'
import { isLoopbackAddress } from './pages/access.ts'
import { createPages, type Pages, type PagesOptions } from './pages/pages.ts'

/**
 * Serves /metrics, /healthz and /readyz to whoever asks, and the status page as pages/access.ts says. No client can
 * hold the process: slow ones are cut off, connections are bounded, and closing ends every connection at once.
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
  /** The status page; left out: there is none. */
  pages?: PagesOptions
  /** The longest a client may take to send a request, and again to read its answer; default 10 s. */
  clientTimeoutMs?: number
}

const CLIENT_TIMEOUT_MS = 10_000
const MAX_CONNECTIONS = 200
const MAX_HEADER_BYTES = 8 * 1024

/** Rejects with AppError `port_taken`, or `usage` where the host or port cannot be listened on at all. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { clientTimeoutMs = CLIENT_TIMEOUT_MS } = options
  const onLoopback = (): boolean => isLoopbackAddress(addressOf(server.address()).host)
  const pages = options.pages === undefined ? null : await createPages(options.pages, onLoopback)
  const server = createServer(
    {
      connectionsCheckingInterval: Math.min(1000, clientTimeoutMs),
      headersTimeout: clientTimeoutMs,
      requestTimeout: clientTimeoutMs,
      keepAliveTimeout: clientTimeoutMs,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (request, response) => {
      const exchange = beginExchange(request, response, clientTimeoutMs)
      void respond(exchange, options, pages).catch(() => response.destroy())
    },
  )
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, options)
  const address = addressOf(server.address())
  const closeAll = (): Promise<void> => {
    pages?.close()
    return close(server)
  }
  return { address, url: formatUrl(address), close: closeAll }
}

/** Ends the connection of a client that reads its answer too slowly; Node's own timeouts cover the request only. */
function beginExchange(request: IncomingMessage, response: ServerResponse, timeoutMs: number): Exchange {
  const { socket } = response
  let timer: NodeJS.Timeout | undefined
  const lift = (): void => clearTimeout(timer)
  const limit = (): void => {
    lift()
    timer = setTimeout(() => socket?.destroy(), timeoutMs)
  }
  limit()
  response.on('close', lift)
  const [route = '/', query = ''] = (request.url ?? '/').split('?', 2)
  return { request, response, route, query: new URLSearchParams(query), lift, limit }
}

async function respond(exchange: Exchange, options: HttpServerOptions, pages: Pages | null): Promise<void> {
  const { request, response, route } = exchange
  if (pages !== null && !MACHINE_ROUTES.has(route)) return pages.serve(exchange)
  const isReading = request.method === 'GET' || request.method === 'HEAD'
  send(
    response,
    isReading ? await answerTo(route, options) : notAllowed(READING, 'only GET and HEAD are answered'),
  )
}

const READING = 'GET, HEAD'
const MACHINE_ROUTES: ReadonlySet<string> = new Set(['/metrics', '/healthz', '/readyz'])

async function answerTo(route: string, { metrics, health }: HttpServerOptions): Promise<Answer> {
  switch (route) {
    case '/metrics':
      return metrics.render().then(
        (body) => ({ status: 200, contentType: metrics.contentType, body }),
        () => problem(500, 'the metrics could not be gathered'),
      )
    case '/healthz':
      return healthAnswer(health.liveness())
    case '/readyz':
      return healthAnswer(health.readiness())
    default:
      return problem(404, 'here are /metrics, /healthz and /readyz')
  }
}

function healthAnswer({ ok, components }: HealthReport): Answer {
  return json(ok ? 200 : 503, { status: ok ? 'ok' : 'unavailable', components })
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
