import type { Secret } from '../../core/secret.ts'
import { systemClock } from '../../system.ts'
import { type Answer, type Exchange, json, notAllowed, problem, send } from '../http-answer.ts'
import type { OverviewFeed } from '../overview/overview.ts'
import { isFromAnotherSite, judgeAccess } from './access.ts'
import { type Asset, readAssets } from './assets.ts'
import { createExplainRoute, type Explain, type ExplainRoute } from './explain-route.ts'
import { createOverviewHub, MAX_STREAMS, type OverviewHub } from './overview-hub.ts'
import { signIn, signInForm } from './sign-in.ts'

/**
 * The status page: `/`, its files under `/status/`, and what feeds it: `/api/overview` (one snapshot, for scripts),
 * `/api/events` (server-sent events, see overview-hub.ts) and `/api/explain?id=`. To be read, and nothing else.
 */
export interface PagesOptions {
  overview: Pick<OverviewFeed, 'subscribe'>
  explain: Explain
  /** What is demanded on any address but loopback; null: nothing opens the page there. */
  token(): Secret | null
}

export interface Pages {
  serve(exchange: Exchange): Promise<void>
  /** Ends streams and what is being explained. */
  close(): void
}

const SNAPSHOT_MS = 8_000
const READING = 'GET, HEAD'
const TEXT = 'text/plain; charset=utf-8'

/** Its own files only; no inline script or style, nothing from elsewhere, in no frame. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
}

/** What the sign-in form looks like: no secret, and needed before anybody is known. */
const OPEN_ASSETS: ReadonlySet<string> = new Set(['base.css', 'sign-in.css', 'icon.svg', 'theme.js'])

interface Parts extends PagesOptions {
  assets: ReadonlyMap<string, Asset>
  hub: OverviewHub
  explainRoute: ExplainRoute
  /** Whether the server listens on loopback only; known once it listens. */
  onLoopback: () => boolean
}

export async function createPages(options: PagesOptions, onLoopback: () => boolean): Promise<Pages> {
  const parts: Parts = {
    ...options,
    assets: await readAssets(),
    hub: createOverviewHub(options.overview),
    explainRoute: createExplainRoute(options.explain),
    onLoopback,
  }
  return {
    async serve(exchange) {
      const answer = await answerTo(parts, exchange)
      if (answer === null) return
      exchange.limit()
      send(exchange.response, answer)
    },
    close() {
      parts.hub.close()
      parts.explainRoute.close()
    },
  }
}

/** Null where the answer has become a stream. */
async function answerTo(parts: Parts, exchange: Exchange): Promise<Answer | null> {
  const { request, route } = exchange
  const token = parts.token()
  const access = judgeAccess({
    headers: request.headers,
    onLoopback: parts.onLoopback(),
    token,
    nowMs: systemClock.nowMs(),
  })
  if (access.kind === 'refused') return refusal(route, access.why)
  if (route === '/login') return signInAnswer(parts, exchange, token)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return notAllowed(READING, 'the page is to be read: only GET and HEAD are answered')
  }
  const asset = route.startsWith('/status/') ? route.slice('/status/'.length) : null
  if (access.kind === 'sign_in' && !OPEN_ASSETS.has(asset ?? '')) return unknownVisitor(parts, route)
  if (asset !== null) return assetAnswer(parts, exchange, asset)
  return dataAnswer(parts, exchange)
}

async function dataAnswer(parts: Parts, exchange: Exchange): Promise<Answer | null> {
  const { request, response, route } = exchange
  if (route === '/') return assetAnswer(parts, exchange, 'index.html')
  if (!route.startsWith('/api/'))
    return problem(404, 'here are /, /api/overview, /metrics, /healthz and /readyz')
  if (isFromAnotherSite(request.headers)) return problem(403, 'another site asked for this')
  switch (route) {
    case '/api/overview': {
      exchange.lift()
      const overview = await parts.hub.snapshot(SNAPSHOT_MS)
      return overview === null ? problem(503, 'nothing is known yet: try again soon') : json(200, overview)
    }
    case '/api/events':
      if (parts.hub.isFull()) return problem(503, `${MAX_STREAMS} pages look already`)
      if (request.method === 'HEAD') return { status: 200, contentType: 'text/event-stream', body: '' }
      exchange.lift()
      parts.hub.stream(response)
      return null
    case '/api/explain':
      exchange.lift()
      return parts.explainRoute.answer(exchange)
    default:
      return problem(404, 'here are /api/overview, /api/events and /api/explain?id=')
  }
}

function refusal(route: string, why: string): Answer {
  return route.startsWith('/api/')
    ? problem(403, why)
    : { status: 403, contentType: TEXT, body: `${why}\n`, headers: PAGE_HEADERS }
}

async function signInAnswer(parts: Parts, { request }: Exchange, token: Secret | null): Promise<Answer> {
  if (request.method === 'GET' || request.method === 'HEAD') {
    return { status: 303, contentType: TEXT, body: 'the page is at /\n', headers: { location: '/' } }
  }
  // On loopback nobody needs to sign in.
  if (request.method !== 'POST' || parts.onLoopback() || token === null) {
    return notAllowed(READING, 'there is nothing to sign in to')
  }
  return (await signIn(request, token, systemClock.nowMs())) ?? signInPage(parts, 'This is not the token.')
}

function unknownVisitor(parts: Parts, route: string): Answer {
  if (route === '/') return signInPage(parts, null)
  const asked = problem(401, 'this wants the http_token, as `Authorization: Bearer`, or signing in at /')
  return { ...asked, headers: { 'www-authenticate': 'Bearer realm="bellhop"' } }
}

function signInPage({ assets }: Parts, why: string | null): Answer {
  const form = signInForm(assets.get('sign-in.html')?.body ?? Buffer.alloc(0), why)
  return { ...form, headers: { ...PAGE_HEADERS, ...form.headers } }
}

function assetAnswer({ assets }: Parts, { request }: Exchange, name: string): Answer {
  const asset = assets.get(name)
  if (asset === undefined || name === 'sign-in.html') return problem(404, 'the page has no such file')
  const { contentType, etag } = asset
  const isKnown = request.headers['if-none-match'] === etag
  const headers = { ...PAGE_HEADERS, etag, 'cache-control': 'no-cache' }
  return { status: isKnown ? 304 : 200, contentType, body: isKnown ? '' : asset.body, headers }
}
