import type { ReceivedPayload } from './payload.ts'

/** Everything that arrived, in the order in which the requests' last bytes did: what a test asserts on. */
export interface Ledger {
  record(request: Omit<ArrivedRequest, 'seq'>): void
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
  /** When the last byte arrived: monotonic, and milliseconds since the epoch. */
  arrivedMs: number
  arrivedAt: number
}

export function createLedger(): Ledger {
  const requests: ArrivedRequest[] = []
  const posts: ArrivedRequest[] = []
  const counts = new Map<number | null, number>()
  const listeners = new Set<(post: ArrivedRequest) => void>()
  const of = (all: readonly ArrivedRequest[], target: string | undefined): readonly ArrivedRequest[] =>
    target === undefined ? all : all.filter((request) => request.target === target)

  return {
    record(request) {
      const numbered = { seq: requests.length + 1, ...request }
      requests.push(numbered)
      counts.set(request.status, (counts.get(request.status) ?? 0) + 1)
      if (!request.accepted) return
      posts.push(numbered)
      for (const listener of listeners) listener(numbered)
    },
    requests: (target) => of(requests, target),
    posts: (target) => of(posts, target),
    counts: () => counts,
    onPost(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
