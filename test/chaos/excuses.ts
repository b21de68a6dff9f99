import type { Disruption, Evidence, Request } from './evidence.ts'

/** Why a message may have been posted again. */
export type Excuse = 'ambiguous' | 'kill' | 'freeze' | 'stop_without_broker'

/**
 * When it may be that a process knew of a post what no record tells. Which process made a post is not known, so a
 * window excuses every post in it.
 */
export interface Window {
  excuse: Exclude<Excuse, 'ambiguous'>
  fromMs: number
  toMs: number
  /** When the process that was cut off can have written its last. */
  lastWordMs: number
}

/** Posting stops when a receipt has waited 1 s for its acknowledgement; and half a second for a post's way. */
const UNRECORDED_MS = 1_500
/** What was written before a signal may be read by the simulator a little later. */
const LATE_MS = 250
/** Clients find a broker again, and write what has waited, within so long of its return. */
const CATCHING_UP_MS = 5_000

export function excuseWindows({ disruptions, sessionTimeoutMs }: Evidence): Window[] {
  const outages = disruptions.filter(({ kind }) => kind === 'broker_restart' || kind === 'broker_kill')
  return disruptions.flatMap((disruption) => {
    const excuse = excuseOf(disruption, { outages, sessionTimeoutMs })
    if (excuse === null) return []
    const lastWordMs = disruption.untilMs + CATCHING_UP_MS
    const cutOffMs = excuse === 'stop_without_broker' ? disruption.untilMs : disruption.fromMs
    const cutOff = { fromMs: disruption.fromMs, toMs: cutOffMs }
    return [cutOff, ...outagesAround(disruption.fromMs, outages)].map(({ fromMs, toMs }) => ({
      excuse,
      fromMs: fromMs - UNRECORDED_MS,
      toMs: toMs + LATE_MS,
      lastWordMs,
    }))
  })
}

/** Whether any part of the post, from its arrival to its answer, lies in a window. */
export function excuseOfPost(post: Request, windows: readonly Window[]): Excuse | null {
  if (isAmbiguous(post)) return 'ambiguous'
  const endedMs = post.ending?.atMs ?? Number.POSITIVE_INFINITY
  return windows.find(({ fromMs, toMs }) => post.arrivedMs <= toMs && endedMs >= fromMs)?.excuse ?? null
}

/** Whether a record of this time may have been written by one who could not know of another, or not tell it. */
export function excuseOfRecord(recordedMs: number, windows: readonly Window[]): Excuse | null {
  return windows.find((w) => recordedMs >= w.fromMs && recordedMs <= w.lastWordMs)?.excuse ?? null
}

/** The simulator gave no answer, of its own accord: a request that its sender closed is no such thing. */
export function isAmbiguous(request: Request): boolean {
  return request.faulted && request.status === null
}

function excuseOf(
  { kind, fromMs, untilMs }: Disruption,
  around: { outages: readonly Disruption[]; sessionTimeoutMs: number },
): Window['excuse'] | null {
  switch (kind) {
    case 'kill':
    case 'died':
      return 'kill'
    case 'freeze':
      return untilMs - fromMs > around.sessionTimeoutMs - LATE_MS ? 'freeze' : null
    case 'term': {
      const isAway = (outage: Disruption): boolean => fromMs <= outage.untilMs && untilMs >= outage.fromMs
      return around.outages.some(isAway) ? 'stop_without_broker' : null
    }
    default:
      return null
  }
}

/** While the broker is away no receipt is acknowledged, and until a little later what was written then may wait. */
function outagesAround(atMs: number, outages: readonly Disruption[]): { fromMs: number; toMs: number }[] {
  return outages
    .filter(({ fromMs, untilMs }) => atMs >= fromMs && atMs <= untilMs + CATCHING_UP_MS)
    .map(({ fromMs, untilMs }) => ({ fromMs, toMs: Math.min(untilMs, atMs) }))
}
