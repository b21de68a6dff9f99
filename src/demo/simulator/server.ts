import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Clock } from '../../core/clock.ts'
import { systemClock } from '../../system.ts'
import { close, listen } from '../listen.ts'
import type { Reply } from './answers.ts'
import { createDesk, type Desk, type Known } from './desk.ts'
import { judgeUnder } from './faults.ts'
import { channelName, routeOf, takeIn } from './intake.ts'
import { type ArrivedRequest, createLedger, type Ledger } from './ledger.ts'
import { createSwitches, type Fault, type Switches } from './switches.ts'

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
  ratePerSecond?: number | null
  known?: Known
}

export async function createSlackSimulator(options: SlackSimulatorOptions = {}): Promise<SlackSimulator> {
  const { clock = systemClock, ratePerSecond = 1, known = {}, host = '127.0.0.1' } = options
  const desk = createDesk({ ratePerSecond, known })
  const switches = createSwitches()
  const ledger = createLedger()
  const owed = new Set<NodeJS.Timeout>()
  const server = createServer((req, res) => serve({ clock, desk, switches, ledger, owed }, req, res))
  const origin = await listen(server, { host, port: options.port ?? 0 })

  return {
    origin,
    methodUrl: `${origin}/api/chat.postMessage`,
    setFault: (target, fault, times) => switches.set(channelName(target), fault, times),
    clearFault: (target) => switches.clear(channelName(target)),
    requests: ledger.requests,
    posts: ledger.posts,
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
  /** The answers that slow targets still owe. */
  owed: Set<NodeJS.Timeout>
}

function serve(parts: Parts, req: IncomingMessage, res: ServerResponse): void {
  const { clock, desk, switches, ledger, owed } = parts
  const route = routeOf(req)
  const method = route.kind === 'webhook' ? 'webhook' : 'chat.postMessage'
  const early = route.kind === 'webhook' ? switches.next(route.path) : null
  if (route.kind === 'webhook' && early?.kind === 'reset' && early.when === 'before_body') {
    const nothing = { payload: null, accepted: false, status: null, word: 'reset' }
    ledger.record({ method, target: route.path, ...nothing, ...timesOf(clock) })
    req.socket.resetAndDestroy()
    return
  }
  takeIn(req, route, (arrival) => {
    const { target, parsed } = arrival
    const times = timesOf(clock)
    const fault = route.kind === 'webhook' ? early : switches.next(target)
    const { reply, accepted } = judgeUnder(fault, route, () => desk.judge(arrival, times))
    const silence = fault?.kind === 'hang' || fault?.kind === 'reset' ? fault.kind : null
    const payload = parsed.ok ? parsed.payload : null
    const answered = { status: silence === null ? reply.status : null, word: silence ?? reply.word }
    ledger.record({ method, target, payload, accepted, ...answered, ...times })
    respond(res, reply, { fault, owed })
  })
}

function timesOf(clock: Clock): Pick<ArrivedRequest, 'arrivedMs' | 'arrivedAt'> {
  return { arrivedMs: clock.monotonicMs(), arrivedAt: clock.nowMs() }
}

function respond(
  res: ServerResponse,
  reply: Reply,
  under: { fault: Fault | null; owed: Parts['owed'] },
): void {
  const { fault, owed } = under
  switch (fault?.kind) {
    case 'hang':
      return
    case 'reset':
      res.socket?.resetAndDestroy()
      return
    case 'slow': {
      const timer = setTimeout(() => {
        owed.delete(timer)
        send(res, reply)
      }, fault.ms)
      owed.add(timer)
      return
    }
    default:
      send(res, reply)
  }
}

function send(res: ServerResponse, reply: Reply): void {
  res.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) })
  res.end(reply.body)
}
