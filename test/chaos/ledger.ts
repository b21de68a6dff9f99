import { judgeEndings } from './endings.ts'
import {
  type End,
  type Evidence,
  type Expected,
  type Letter,
  type Queued,
  type Request,
  tokensOf,
} from './evidence.ts'
import { type Excuse, excuseWindows } from './excuses.ts'
import type { Finding } from './findings.ts'
import { judgePosts } from './posts.ts'

/**
 * Holds what was produced against what arrived and what is on record. Each (event, action, destination) ends
 * exactly once, as delivered or dead with a cause that something brought about; what was posted again has an
 * excuse; each webhook's posts come in order, in time and readable.
 */
export interface Verdict {
  findings: Finding[]
  events: number
  messages: number
  delivered: number
  /** By cause. */
  dead: ReadonlyMap<string, number>
  /** Posts of a message after its first, by what excuses them. */
  repeats: ReadonlyMap<Excuse, number>
  /** Of those posts that were accepted, how many held more than one message. */
  jointPosts: number
}

/** A message, and all that is known of it. */
export interface Entry {
  expected: Expected
  queued: Queued | null
  /** Requests that held it, in order of arrival. */
  requests: Request[]
  ends: readonly End[]
  letters: readonly Letter[]
}

export interface Book {
  evidence: Evidence
  /** By message id. */
  entries: ReadonlyMap<string, Entry>
  /** The messages that a request held, in its order; one that is not known is left out. */
  messagesOf(request: Request): Entry[]
}

export function judge(evidence: Evidence): Verdict {
  const findings: Finding[] = []
  const book = openBook(evidence, findings)
  const windows = excuseWindows(evidence)
  const endings = judgeEndings(book, windows)
  findings.push(...endings.findings, ...judgePosts(book, windows))
  const accepted = evidence.requests.filter((request) => request.accepted)
  return {
    findings,
    events: new Set(evidence.expected.map(({ id }) => id.split(':').slice(0, 3).join(':'))).size,
    messages: evidence.expected.length,
    delivered: endings.delivered,
    dead: endings.dead,
    repeats: endings.repeats,
    jointPosts: accepted.filter(({ text }) => tokensOf(text ?? '').length > 1).length,
  }
}

function openBook(evidence: Evidence, findings: Finding[]): Book {
  const { expected, queued, requests, webhooks, ends, letters } = evidence
  const endsOf = Map.groupBy(ends, ({ id }) => id)
  const lettersOf = Map.groupBy(letters, ({ id }) => id)
  const entries = new Map<string, Entry>()
  const byToken = new Map<string, Entry>()
  for (const message of expected) {
    const { id } = message
    const entry: Entry = {
      expected: message,
      queued: null,
      requests: [],
      ends: withoutCopies(endsOf.get(id) ?? []),
      letters: withoutCopies(lettersOf.get(id) ?? []),
    }
    entries.set(id, entry)
    byToken.set(`${message.webhook} ${message.token}`, entry)
  }
  for (const record of queued) {
    const entry = entries.get(record.id)
    const detail = `${record.id} at ${record.partition}/${record.offset} of the dispatch topic`
    if (entry === undefined) findings.push({ kind: 'unknown_message', detail })
    else if (entry.queued !== null) findings.push({ kind: 'queued_twice', detail })
    else entry.queued = record
  }
  for (const { expected: message, queued: record } of entries.values()) {
    if (record === null) findings.push({ kind: 'never_queued', detail: message.id })
  }
  const names = new Map(webhooks.map(({ path, name }) => [path, name]))
  const find = (request: Request, token: number): Entry | undefined =>
    byToken.get(`${names.get(request.target)} ${token}`)
  for (const request of requests) {
    for (const token of tokensOf(request.text ?? '')) {
      const entry = find(request, token)
      if (entry !== undefined) entry.requests.push(request)
      else findings.push({ kind: 'unknown_message', detail: `m${token} posted to ${request.target}` })
    }
  }
  const messagesOf = (request: Request): Entry[] =>
    tokensOf(request.text ?? '').flatMap((token) => find(request, token) ?? [])
  return { evidence, entries, messagesOf }
}

/** A write whose acknowledgement was lost is repeated, and leaves the same record twice: that says nothing twice. */
function withoutCopies<T extends { value: string }>(records: readonly T[]): T[] {
  return [...new Map(records.map((record) => [record.value, record])).values()]
}
