import { type Queued, type Request, tokensOf } from './evidence.ts'
import { excuseOfPost, excuseOfRecord, type Window } from './excuses.ts'
import type { Finding } from './findings.ts'
import type { Book, Entry } from './ledger.ts'
import type { ChaosWebhook } from './webhooks.ts'

/** DESIGN.md's bounds of a joint post. */
const MAX_MESSAGES = 20
const MAX_CHARS = 3_500
/** What a 429 that names no time means. */
const DEFAULT_RETRY_AFTER_MS = 1_000
/** A connection's end and the next connection's request may be read in either order when they come together. */
const READ_TOGETHER_MS = 100

/** Each webhook's posts as it saw them: in order, in time, one by one, and readable. */
export function judgePosts(book: Book, windows: readonly Window[]): Finding[] {
  const requestsTo = Map.groupBy(book.evidence.requests, ({ target }) => target)
  return book.evidence.webhooks.flatMap((webhook) => {
    const requests = requestsTo.get(webhook.path) ?? []
    return [
      ...judgeOrder(book, webhook, { requests, windows }),
      ...judgeText(book, webhook, requests),
      ...judgePace(webhook, requests, windows),
    ]
  })
}

/** The first time that each message shows follows the order of the dispatch topic. */
function judgeOrder(
  book: Book,
  webhook: ChaosWebhook,
  { requests, windows }: { requests: readonly Request[]; windows: readonly Window[] },
): Finding[] {
  const findings: Finding[] = []
  const shown = new Set<Entry>()
  let last: Queued | null = null
  for (const request of requests) {
    if (!request.accepted) continue
    for (const entry of book.messagesOf(request)) {
      const { queued } = entry
      if (shown.has(entry) || queued === null) continue
      shown.add(entry)
      if (last === null || (queued.partition === last.partition && queued.offset > last.offset)) {
        last = queued
        continue
      }
      if (wasGivenUpUnheard(entry, request, windows)) continue
      const detail = `${webhook.name} showed ${queued.id} (${queued.partition}/${queued.offset}) after ${last.id} (${last.partition}/${last.offset}), post #${request.seq}`
      findings.push({ kind: 'out_of_order', detail })
    }
  }
  return findings
}

/** It had its turn, and a process ended it otherwise whose record may not have come to stand before it was cut off. */
function wasGivenUpUnheard(entry: Entry, shownBy: Request, windows: readonly Window[]): boolean {
  const posts = entry.requests.filter(({ seq }) => seq < shownBy.seq)
  return (
    posts.some((post) => excuseOfPost({ ...post, faulted: false }, windows) !== null) ||
    entry.letters.some(({ recordedMs }) => excuseOfRecord(recordedMs, windows) !== null)
  )
}

/** A post shows its messages' texts, a line each, within the bounds and only where they may be joined. */
function judgeText(book: Book, webhook: ChaosWebhook, requests: readonly Request[]): Finding[] {
  const findings: Finding[] = []
  for (const request of requests) {
    if (request.text === null) continue
    const count = tokensOf(request.text).length
    const texts = book.messagesOf(request).map(({ queued }) => queued?.text ?? '')
    const unreadable = (why: string): void => {
      findings.push({ kind: 'unreadable', detail: `${webhook.name}, post #${request.seq}: ${why}` })
    }
    if (count > 1 && !webhook.coalesce) unreadable(`${count} messages joined, with coalescing off`)
    if (count > MAX_MESSAGES) unreadable(`${count} messages`)
    if (count > 1 && request.text.length > MAX_CHARS) unreadable(`${request.text.length} characters`)
    if (count > 1 && texts.some(hasOpenFence)) unreadable('a message with an open code fence is not alone')
    if (texts.length === count && request.text !== texts.join('\n'))
      unreadable('the text is not that of its messages, one a line')
  }
  return findings
}

function hasOpenFence(text: string): boolean {
  return (text.match(/```/g)?.length ?? 0) % 2 === 1
}

function judgePace(
  webhook: ChaosWebhook,
  requests: readonly Request[],
  windows: readonly Window[],
): Finding[] {
  const findings: Finding[] = []
  /** The last 429 before. */
  let told: Request | null = null
  for (const [nth, request] of requests.entries()) {
    const at = `${webhook.name} (${webhook.rate}), post #${request.seq} at ${Math.round(request.arrivedMs)}`
    if (request.status === 429 && !request.faulted) findings.push({ kind: 'drew_429', detail: at })
    const before = requests[nth - 1]
    if (before === undefined) continue
    const story = `${at}; before it #${before.seq} at ${Math.round(before.arrivedMs)} ${before.word}, ${before.ending?.how ?? 'open'} at ${Math.round(before.ending?.atMs ?? 0)}`
    if (before.status === 429) told = before
    const mayForget = told !== null && excuseOfPost(told, windows) !== null
    const waitMs = mayForget ? webhook.intervalMs : Math.max(webhook.intervalMs, askedOf(before))
    const tooEarlyMs = answeredMs(before) + waitMs - request.arrivedMs
    if (tooEarlyMs > 0) findings.push({ kind: 'early', detail: `${tooEarlyMs.toFixed(1)} ms: ${story}` })
    else if (request.early && !mayForget) findings.push({ kind: 'early', detail: `Retry-After: ${story}` })
    if (!overlaps(before, request)) continue
    if (excuseOfPost({ ...before, faulted: false }, windows) === null)
      findings.push({ kind: 'two_in_flight', detail: story })
  }
  return findings
}

function askedOf({ status, retryAfterSeconds }: Request): number {
  if (status !== 429) return 0
  return retryAfterSeconds === null ? DEFAULT_RETRY_AFTER_MS : retryAfterSeconds * 1_000
}

/** When its sender can have known the most; a request that its sender closed is counted from its arrival. */
function answeredMs({ ending, arrivedMs }: Request): number {
  return ending === null || ending.how === 'closed' ? arrivedMs : ending.atMs
}

function overlaps(before: Request, request: Request): boolean {
  const endedMs = before.ending?.atMs ?? Number.POSITIVE_INFINITY
  return endedMs > request.arrivedMs + READ_TOGETHER_MS
}
