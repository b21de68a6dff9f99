import type { ReceivedPayload } from './payload.ts'
import type { Fault } from './switches.ts'

/** Everything that arrived, in the order in which the requests' last bytes did: what a test asserts on. */
export interface Ledger {
  /** Gives the request's number. */
  record(request: Omit<ArrivedRequest, 'seq'>): number
  /** Notes how a request ended; only the first end counts. */
  end(seq: number, ending: Ending): void
  /** Null while the request is open. */
  ending(seq: number): Ending | null
  /** The requests that have not ended, in order. */
  open(): readonly ArrivedRequest[]
  /** Every whole request, refused ones included; of one target where it is given. */
  requests(target?: string): readonly ArrivedRequest[]
  /** What shows in the channels. */
  posts(target?: string): readonly ArrivedRequest[]
  /** Requests by the status they were answered with; `null` had no answer. */
  counts(): ReadonlyMap<number | null, number>
  /** Called at once for each accepted post; gives the function that stops it. */
  onPost(listener: (post: ArrivedRequest) => void): () => void
}

export interface ArrivedRequest {
  /** From 1. */
  seq: number
  /** A webhook's path, or for chat.postMessage the channel as it was asked for, without `#`. */
  target: string
  method: 'webhook' | 'chat.postMessage'
  /** Null where the request could not be read. */
  payload: ReceivedPayload | null
  /** Whether the message shows in the channel. */
  accepted: boolean
  /** Null where the sender got no answer. */
  status: number | null
  /** The answer in a word: `ok`, Slack's error, `hang` or `reset`. */
  word: string
  /** The fault that met it, if one did: the very object that was switched on. */
  fault: Fault | null
  /** What a 429 says in Retry-After; null where it names no time. */
  retryAfterSeconds: number | null
  /** It came before the time that an earlier answer named in Retry-After had passed since that answer was sent. */
  early: boolean
  /** When the last byte arrived: monotonic, and milliseconds since the epoch. */
  arrivedMs: number
  arrivedAt: number
}

/** How a request ended: `closed` by the sender, who had no answer. `atMs` is monotonic, an answer's taken before it is sent. */
export interface Ending {
  how: 'answered' | 'reset' | 'closed'
  atMs: number
}

export function createLedger(): Ledger {
  const requests: ArrivedRequest[] = []
  const posts: ArrivedRequest[] = []
  const counts = new Map<number | null, number>()
  const endings = new Map<number, Ending>()
  const open = new Map<number, ArrivedRequest>()
  const listeners = new Set<(post: ArrivedRequest) => void>()
  const of = (all: readonly ArrivedRequest[], target: string | undefined): readonly ArrivedRequest[] =>
    target === undefined ? all : all.filter((request) => request.target === target)

  return {
    record(request) {
      const numbered = { seq: requests.length + 1, ...request }
      requests.push(numbered)
      open.set(numbered.seq, numbered)
      counts.set(request.status, (counts.get(request.status) ?? 0) + 1)
      if (request.accepted) {
        posts.push(numbered)
        for (const listener of listeners) listener(numbered)
      }
      return numbered.seq
    },
    end(seq, ending) {
      if (endings.has(seq)) return
      endings.set(seq, ending)
      open.delete(seq)
    },
    ending: (seq) => endings.get(seq) ?? null,
    open: () => [...open.values()],
    requests: (target) => of(requests, target),
    posts: (target) => of(posts, target),
    counts: () => counts,
    onPost(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
