import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../../core/clock.ts'
import { systemClock } from '../../system.ts'
import { close, listen } from '../listen.ts'
import type { Refusal, Reply } from './answers.ts'
import { createDesk, type Desk, type Known, type Rates } from './desk.ts'
import { judgeUnder } from './faults.ts'
import { channelName, routeOf, takeIn } from './intake.ts'
import { type ArrivedRequest, createLedger, type Ending, type Ledger } from './ledger.ts'
import type { ReceivedPayload } from './payload.ts'
import { createSwitches, type Fault, type Switches } from './switches.ts'
import { createWaits, type Waits } from './waits.ts'

/**
 * Slack over HTTP, at least as strict as the real one: incoming webhooks under /services/ and
 * /api/chat.postMessage. A request is judged when its last byte has arrived, is on the ledger before it is
 * answered, and meets the fault that was switched on for its target.
 */
export interface SlackSimulator {
  /** `http://127.0.0.1:3999`. */
  readonly origin: string
  /** The address of chat.postMessage. */
  readonly methodUrl: string
  /** Replaces the fault of `target`: a webhook's path, or a channel as chat.postMessage names it. */
  setFault(target: string, fault: Fault, options?: { times?: number }): void
  clearFault(target: string): void
  requests(target?: string): readonly ArrivedRequest[]
  posts(target?: string): readonly ArrivedRequest[]
  /** How the request of this number ended; null while it is open. */
  ending(seq: number): Ending | null
  /** Requests that have not ended: neither answered nor reset nor closed by their sender. */
  open(): readonly ArrivedRequest[]
  counts(): ReadonlyMap<number | null, number>
  readonly count429: number
  onPost(listener: (post: ArrivedRequest) => void): () => void
  /** Ends every connection at once, requests that hang included. */
  close(): Promise<void>
}

export interface SlackSimulatorOptions {
  /** Default 0: a free one. */
  port?: number
  host?: string
  clock?: Clock
  /** What a webhook or channel takes; default 1, null is no limit. */
  ratePerSecond?: Rates
  known?: Known
  /** What is refused beside what is unsound. */
  refuse?: (payload: ReceivedPayload) => Refusal | null
  /** How long an answer takes where no fault says otherwise; default 0. */
  latencyMs?: (target: string) => number
}

export async function createSlackSimulator(options: SlackSimulatorOptions = {}): Promise<SlackSimulator> {
  const { clock = systemClock, ratePerSecond = 1, known = {}, host = '127.0.0.1' } = options
  const desk = createDesk({ ratePerSecond, known, refuse: options.refuse })
  const switches = createSwitches()
  const ledger = createLedger()
  const owed = new Set<NodeJS.Timeout>()
  const { latencyMs = () => 0 } = options
  const parts: Parts = { clock, desk, switches, ledger, waits: createWaits(), owed, latencyMs }
  const server = createServer((req, res) => serve(parts, req, res))
  const origin = await listen(server, { host, port: options.port ?? 0 })

  return {
    origin,
    methodUrl: `${origin}/api/chat.postMessage`,
    setFault: (target, fault, times) => switches.set(channelName(target), fault, times),
    clearFault: (target) => switches.clear(channelName(target)),
    requests: ledger.requests,
    posts: ledger.posts,
    ending: ledger.ending,
    open: ledger.open,
    counts: ledger.counts,
    get count429() {
      return ledger.counts().get(429) ?? 0
    },
    onPost: ledger.onPost,
    close() {
      for (const timer of owed) clearTimeout(timer)
      return close(server)
    },
  }
}

interface Parts {
  clock: Clock
  desk: Desk
  switches: Switches
  ledger: Ledger
  waits: Waits
  /** The answers that slow targets still owe. */
  owed: Set<NodeJS.Timeout>
  latencyMs: (target: string) => number
}

function serve(parts: Parts, req: IncomingMessage, res: ServerResponse): void {
  const { clock, desk, switches, ledger, waits } = parts
  const route = routeOf(req)
  const method = route.kind === 'webhook' ? 'webhook' : 'chat.postMessage'
  const met = route.kind === 'webhook' ? switches.next(route.path) : null
  if (route.kind === 'webhook' && met?.kind === 'reset' && met.when === 'before_body') {
    const { path: target } = route
    const times = timesOf(clock)
    const nothing = { payload: null, accepted: false, status: null, word: 'reset', fault: met }
    const early = waits.isEarly(target, times.arrivedMs)
    const seq = ledger.record({ method, target, ...nothing, retryAfterSeconds: null, early, ...times })
    ledger.end(seq, { how: 'reset', atMs: clock.monotonicMs() })
    req.socket.resetAndDestroy()
    return
  }
  takeIn(req, route, (arrival) => {
    const { target, parsed } = arrival
    const times = timesOf(clock)
    const fault = route.kind === 'webhook' ? met : switches.next(target)
    const { reply, accepted } = judgeUnder(fault, route, () => desk.judge(arrival, times))
    const silence = fault?.kind === 'hang' || fault?.kind === 'reset' ? fault.kind : null
    const seq = ledger.record({
      method,
      target,
      payload: parsed.ok ? parsed.payload : null,
      accepted,
      status: silence === null ? reply.status : null,
      word: silence ?? reply.word,
      fault,
      retryAfterSeconds: silence === null ? retryAfterOf(reply) : null,
      early: waits.isEarly(target, times.arrivedMs),
      ...times,
    })
    respond(parts, res, { seq, target, reply, fault })
  })
}

function timesOf(clock: Clock): Pick<ArrivedRequest, 'arrivedMs' | 'arrivedAt'> {
  return { arrivedMs: clock.monotonicMs(), arrivedAt: clock.nowMs() }
}

interface Judgement {
  seq: number
  target: string
  reply: Reply
  fault: Fault | null
}

function respond(parts: Parts, res: ServerResponse, judgement: Judgement): void {
  const { clock, ledger, owed } = parts
  const { seq, fault, target } = judgement
  const end = (how: Ending['how']): void => ledger.end(seq, { how, atMs: clock.monotonicMs() })
  res.once('close', () => end('closed'))
  if (fault?.kind === 'hang') return
  if (fault?.kind === 'reset') {
    end('reset')
    res.socket?.resetAndDestroy()
    return
  }
  const send = (): void => {
    // Nobody is there any more to take the answer.
    if (res.destroyed) return
    end('answered')
    sendReply(parts, res, judgement)
  }
  const waitMs = fault?.kind === 'slow' ? fault.ms : parts.latencyMs(target)
  if (waitMs <= 0) {
    send()
    return
  }
  const timer = setTimeout(() => {
    owed.delete(timer)
    send()
  }, waitMs)
  owed.add(timer)
}

function sendReply({ clock, waits }: Parts, res: ServerResponse, { target, reply }: Judgement): void {
  const seconds = retryAfterOf(reply)
  if (seconds !== null) waits.note(target, { seconds, sentMs: clock.monotonicMs() })
  res.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) })
  res.end(reply.body)
}

function retryAfterOf({ status, headers }: Reply): number | null {
  const seconds = Number.parseInt(headers['retry-after'] ?? '', 10)
  return status === 429 && Number.isFinite(seconds) ? seconds : null
}
