import type { Dispatcher } from 'undici'
import type { ApiDestination, Destination, WebhookDestination } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import type { MessageContent } from '../core/records.ts'
import { type Attempt, type Exchange, judgeExchange, type Post, urlOf } from './attempt.ts'
import type { HttpAnswer } from './classify.ts'
import { createDispatchers } from './dispatchers.ts'
import { buildPayload } from './payload.ts'
import { createSlots } from './slots.ts'
import { isCertificateRefusal } from './tls-refusal.ts'

export type { Attempt } from './attempt.ts'

/**
 * Posts to Slack. Guarantees:
 *
 * - One deadline holds for a whole post: connecting, writing, and reading the answer to its last byte.
 * - A request is written at most once. A failure before it was handed to a connected socket is `retry`, one
 *   after it is `ambiguous`, unless the receiver refused our certificate in so many words: then it read nothing.
 * - At most `maxSockets` posts are in flight over all origins; the others wait in order, before their deadline.
 * - Redirects are not followed, and at most 64 KiB of an answer are read.
 * - Certificates are checked, as the destination's `tls` says, whatever the environment says. Destinations that
 *   differ in it share no connection.
 * - No attempt tells a webhook's URL or a token, whatever the receiver echoes.
 *
 * HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured; this machine itself is never reached through a proxy. What went
 * wrong with a proxy is told as `proxy: ...`.
 */
export interface SlackClient {
  /** Never rejects on account of the receiver or the network: these are outcomes. */
  post(
    destination: WebhookDestination | ApiDestination,
    message: MessageContent,
    options?: PostOptions,
  ): Promise<Attempt>
  /**
   * Makes the connections that destinations of another configuration need, and throws where that cannot be. What it
   * gives lets go of those that none of them needs, each when its last post has ended.
   */
  prepare(destinations: Iterable<Destination>): () => void
  /** Turns away posts that wait, lets those in flight end (at most their deadline), and closes all sockets. */
  close(): Promise<void>
}

export interface PostOptions {
  /** Before the request is written, ends the post as NOT_WRITTEN; after it, as `ambiguous`. */
  signal?: AbortSignal
  /** Asked inline, right before the first byte is written: false withholds the request (NOT_WRITTEN). */
  beforeWrite?: () => boolean
}

export interface SlackClientOptions {
  /** Posts in flight at once over all origins, and the most sockets to one of them; idle ones close after 4 s. */
  maxSockets: number
  /** Default 10,000. */
  deadlineMs?: number
  clock: Clock
}

const DEADLINE_MS = 10_000
const MAX_BODY_BYTES = 65_536

export function createSlackClient(options: SlackClientOptions): SlackClient {
  const { clock, deadlineMs = DEADLINE_MS } = options
  const dispatchers = createDispatchers(deadlineMs)
  const slots = createSlots(options.maxSockets)
  /** Each destination's address is read once. */
  const urls = new WeakMap<WebhookDestination | ApiDestination, URL>()
  let closing: Promise<void> | null = null

  const addressOf = (destination: WebhookDestination | ApiDestination): URL => {
    const url = urls.get(destination) ?? urlOf(destination)
    urls.set(destination, url)
    return url
  }

  return {
    async post(destination, message, { signal, beforeWrite } = {}) {
      const post = { destination, message }
      const { dispatcher, ended } = dispatchers.use(destination.tls)
      if (!(await slots.take(signal))) {
        ended()
        return { ...judgeExchange({ kind: 'withheld' }, post), durationMs: 0 }
      }
      const startedMs = clock.monotonicMs()
      try {
        const request = requestFor(addressOf(destination), { destination, message })
        const exchange = await new Promise<Exchange>((resolve) => {
          dispatcher.dispatch(
            request,
            new ExchangeHandler({ clock, deadlineMs, signal, beforeWrite, resolve }),
          )
        })
        return { ...judgeExchange(exchange, post), durationMs: clock.monotonicMs() - startedMs }
      } finally {
        // undici frees a socket a turn after its answer (client-h1.js): a post before that would open another.
        setImmediate(slots.release)
        ended()
      }
    },
    prepare: (destinations) =>
      dispatchers.prepare([...destinations].map((each) => (each.type === 'blackhole' ? null : each.tls))),
    close() {
      closing ??= slots.close().then(() => dispatchers.destroy())
      return closing
    },
  }
}

function requestFor(url: URL, { destination, message }: Post): Dispatcher.DispatchOptions {
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'bellhop',
      ...(destination.type === 'api' ? { authorization: `Bearer ${destination.token.reveal()}` } : {}),
    },
    body: JSON.stringify(buildPayload(destination, message)),
    // The one deadline is the client's own: undici's timers are up to a second late.
    headersTimeout: 0,
    bodyTimeout: 0,
  }
}

interface ExchangeControl {
  clock: Clock
  deadlineMs: number
  signal: AbortSignal | undefined
  beforeWrite: (() => boolean) | undefined
  resolve: (exchange: Exchange) => void
}

/**
 * One request's way over the wire: `waiting` for a connected socket, `written` to it, `settled`. Only onRequestStart
 * and #settle change the state. A request that was settled while it waited (deadline, signal) still stands in
 * undici's queue, and is withdrawn when its socket connects.
 */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #control: ExchangeControl
  readonly #timer: NodeJS.Timeout
  #state: 'waiting' | 'written' | 'settled' = 'waiting'
  #expired = false
  #request: Dispatcher.DispatchController | null = null
  #head: Omit<HttpAnswer, 'body'> | null = null
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(control: ExchangeControl) {
    this.#control = control
    this.#timer = setTimeout(this.#onDeadline, control.deadlineMs)
    control.signal?.addEventListener('abort', this.#onAbort)
  }

  /** undici calls this with a connected socket, right before it writes the whole request in the same turn. */
  onRequestStart(request: Dispatcher.DispatchController): void {
    this.#request = request
    if (this.#state === 'written') this.#fail('written_twice')
    else if (this.#state === 'settled') this.#abandon()
    else if (this.#expired) this.#fail('timeout')
    else if (this.#control.beforeWrite?.() === false) this.#withhold()
    else this.#state = 'written'
  }

  onResponseStart(
    _request: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return
    const retryAfter = headers['retry-after']
    this.#head = {
      status,
      retryAfter: (Array.isArray(retryAfter) ? retryAfter[0] : retryAfter) ?? null,
      receivedAtMs: this.#control.clock.nowMs(),
    }
  }

  onResponseData(_request: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes <= MAX_BODY_BYTES) return
    this.onResponseEnd()
    this.#abandon()
  }

  onResponseEnd(): void {
    const answer = this.#readAnswer()
    if (answer !== null) this.#settle({ kind: 'answered', answer })
  }

  onResponseError(_request: Dispatcher.DispatchController, error: Error): void {
    this.#fail('code' in error && typeof error.code === 'string' ? error.code : null)
  }

  /** An answer that came while the process stood still is read before the timer's verdict counts. */
  readonly #onDeadline = (): void => {
    this.#expired = true
    setImmediate(() => this.#fail('timeout'))
  }

  readonly #onAbort = (): void => {
    if (this.#state === 'waiting') this.#withhold()
    else this.#fail('aborted')
  }

  #withhold(): void {
    this.#settle({ kind: 'withheld' })
    this.#abandon()
  }

  #fail(code: string | null): void {
    if (this.#state === 'settled') return
    const written = this.#state === 'written' && !isCertificateRefusal(code)
    this.#settle({ kind: 'failed', written, code: publicCode(code), partial: this.#readAnswer() })
    this.#abandon()
  }

  /** Ends the request and its socket; without effect on a request that undici has ended. */
  #abandon(): void {
    this.#request?.abort(new Error('the post has ended'))
  }

  #readAnswer(): HttpAnswer | null {
    if (this.#head === null) return null
    const body = Buffer.concat(this.#chunks).subarray(0, MAX_BODY_BYTES).toString('utf8')
    return { ...this.#head, body }
  }

  #settle(exchange: Exchange): void {
    if (this.#state === 'settled') return
    this.#state = 'settled'
    clearTimeout(this.#timer)
    this.#control.signal?.removeEventListener('abort', this.#onAbort)
    this.#control.resolve(exchange)
  }
}

/** OpenSSL's codes may hold a slash, as in ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE, which a detail does not. */
function publicCode(code: string | null): string | null {
  return code === null ? null : code.replaceAll('/', '_')
}
