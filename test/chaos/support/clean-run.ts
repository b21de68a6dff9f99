import type { Disruption, End, Evidence, Expected, Letter, Request } from '../evidence.ts'
import { tokenText } from '../evidence.ts'
import type { FindingKind } from '../findings.ts'
import { judge } from '../ledger.ts'
import type { ChaosWebhook } from '../webhooks.ts'

export const WEBHOOK: ChaosWebhook = {
  name: 'w0',
  path: '/services/T0/B0/chaos',
  rate: '1/s',
  intervalMs: 1_000,
  coalesce: true,
  laneLimit: 50,
  messagesPerSecond: 1,
  latencyMs: 100,
  lasting: null,
}
export const SINGLE: ChaosWebhook = { ...WEBHOOK, name: 'w1', path: '/services/T0/B1/chaos', coalesce: false }

export function idOf(token: number, webhook = 'w0'): string {
  return `events:0:${token}:to-${webhook}:${webhook}`
}

export function textOf(token: number): string {
  return `${tokenText(token)} paid`
}

/** A post of these messages that was answered 200 after 100 ms; `more` says what was otherwise. */
export function post(seq: number, tokens: readonly number[], more: Partial<Request> = {}): Request {
  const arrivedMs = more.arrivedMs ?? seq * 2_000
  return {
    seq,
    target: WEBHOOK.path,
    text: tokens.map(textOf).join('\n'),
    accepted: true,
    status: 200,
    word: 'ok',
    faulted: false,
    retryAfterSeconds: null,
    early: false,
    arrivedMs,
    ending: { how: 'answered', atMs: arrivedMs + 100 },
    ...more,
  }
}

export function delivered(token: number, recordedMs: number, webhook = 'w0'): End {
  const id = idOf(token, webhook)
  return { id, outcome: 'delivered', cause: null, recordedMs, value: `${id} delivered ${recordedMs}` }
}

export function dead(
  token: number,
  cause: Letter['cause'],
  recordedMs: number,
): { end: End; letter: Letter } {
  const id = idOf(token)
  const value = `${id} ${cause} ${recordedMs}`
  return {
    end: { id, outcome: 'dead_lettered', cause, recordedMs, value },
    letter: { id, cause, recordedMs, value },
  }
}

/** Messages 1 to 4 for one webhook, the last two in one post, and message 1 for the other: all as it should be. */
export function cleanRun(): Evidence {
  const tokens = [1, 2, 3, 4]
  const expected = tokens.map((token) => ({ id: idOf(token), token, webhook: 'w0', bad: false }))
  const single = { id: idOf(1, 'w1'), token: 1, webhook: 'w1', bad: false }
  return {
    webhooks: [WEBHOOK, SINGLE],
    sessionTimeoutMs: 6_000,
    expected: [...expected, single],
    queued: [...expected, single].map(({ id, token, webhook }) => ({
      id,
      partition: webhook === 'w0' ? 0 : 1,
      offset: token,
      text: textOf(token),
    })),
    requests: [
      post(1, [1]),
      post(2, [2]),
      post(3, [3, 4]),
      post(4, [1], { target: SINGLE.path, arrivedMs: 6_500 }),
    ],
    ends: [
      delivered(1, 2_110),
      delivered(2, 4_110),
      delivered(3, 6_110),
      delivered(4, 6_110),
      delivered(1, 6_610, 'w1'),
    ],
    letters: [],
    disruptions: [],
  }
}

export type Change = (run: Evidence) => Partial<Evidence>

export function found(change: Change): FindingKind[] {
  const run = cleanRun()
  return judge({ ...run, ...change(run) }).findings.map(({ kind }) => kind)
}

export const without = <T>(items: readonly T[], unwanted: (item: T) => boolean): T[] =>
  items.filter((item) => !unwanted(item))
export const is = (token: number) => (item: { id: string }) => item.id === idOf(token)
export const marked = (expected: readonly Expected[], token: number): Expected[] =>
  expected.map((message) => (message.id === idOf(token) ? { ...message, bad: true } : message))
/** Replaces requests by their number. */
export const withPosts = (run: Evidence, ...posts: Request[]): { requests: Request[] } => ({
  requests: [...without(run.requests, ({ seq }) => posts.some((p) => p.seq === seq)), ...posts].sort(
    (a, b) => a.arrivedMs - b.arrivedMs,
  ),
})
export const at = (kind: Disruption['kind'], fromMs: number, untilMs = fromMs): Disruption => ({
  kind,
  fromMs,
  untilMs,
})
/** Message 4 once more, long after. */
export const AGAIN = post(9, [4], { arrivedMs: 30_000 })
const silent = { faulted: true, status: null, word: 'reset' } as const
export const ambiguous = (seq: number, tokens: number[], arrivedMs: number, accepted = false): Request =>
  post(seq, tokens, { arrivedMs, accepted, ...silent, ending: { how: 'reset', atMs: arrivedMs } })
export const refused = (seq: number, tokens: number[], status: number, word: string): Request =>
  post(seq, tokens, { accepted: false, status, word, faulted: true })

export function rateLimited(retryAfterSeconds: number): Partial<Request> {
  return { accepted: false, status: 429, word: 'rate_limited', faulted: true, retryAfterSeconds }
}
