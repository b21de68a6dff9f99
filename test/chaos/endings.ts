import type { DeadLetterCause } from '../../src/core/outcome.ts'
import type { End, Request } from './evidence.ts'
import { type Excuse, excuseOfPost, excuseOfRecord, isAmbiguous, type Window } from './excuses.ts'
import type { Finding } from './findings.ts'
import type { Book, Entry } from './ledger.ts'

export interface Endings {
  findings: Finding[]
  delivered: number
  dead: Map<string, number>
  repeats: Map<Excuse, number>
}

/** An ambiguous post is sent again at most so often. */
const AMBIGUOUS_RESENDS = 2

/** How each message ended: once, as what came of its posts, with every repeat excused. */
export function judgeEndings(book: Book, windows: readonly Window[]): Endings {
  const { ends, letters, requests } = book.evidence
  const requestsTo = Map.groupBy(requests, ({ target }) => target)
  const pathOf = new Map(book.evidence.webhooks.map(({ name, path }) => [name, path]))
  const all: Endings = { findings: [], delivered: 0, dead: new Map(), repeats: new Map() }
  for (const { id } of [...ends, ...letters]) {
    if (!book.entries.has(id)) all.findings.push({ kind: 'unknown_message', detail: `${id} has an end` })
  }
  for (const entry of book.entries.values()) {
    const { webhook } = entry.expected
    const judged = new MessageJudge({
      entry,
      toItsWebhook: requestsTo.get(pathOf.get(webhook) ?? '') ?? [],
      windows,
    })
    judged.judge(all)
  }
  return all
}

interface MessageRecord {
  entry: Entry
  toItsWebhook: readonly Request[]
  windows: readonly Window[]
}

class MessageJudge {
  readonly #record: MessageRecord
  readonly #accepted: readonly Request[]
  /** The excuses of its accepted posts. */
  readonly #excuses: readonly (Excuse | null)[]

  constructor(record: MessageRecord) {
    this.#record = record
    this.#accepted = record.entry.requests.filter(({ accepted }) => accepted)
    this.#excuses = this.#accepted.map((post) => excuseOfPost(post, record.windows))
  }

  judge(all: Endings): void {
    const find = (kind: Finding['kind'], detail: string): void => {
      all.findings.push({ kind, detail: `${this.#record.entry.expected.id}: ${detail}${this.#story()}` })
    }
    const { ends } = this.#record.entry
    const [end] = ends
    if (end === undefined) {
      if (this.#accepted.length === 0) find('lost', 'it neither arrived nor has a receipt')
      else find('unrecorded', 'it arrived and has no receipt')
    } else if (end.outcome === 'delivered') all.delivered += 1
    else all.dead.set(end.cause ?? 'none', (all.dead.get(end.cause ?? 'none') ?? 0) + 1)
    this.#countRepeats(all, find)
    this.#judgeEnds(find)
    this.#judgeLetters(find)
    this.#judgeResends(find)
  }

  #countRepeats({ repeats }: Endings, find: Find): void {
    for (const [nth] of this.#accepted.slice(1).entries()) {
      // What excuses a repeat is what befell the post before it.
      const excuse = this.#excuses[nth] ?? null
      if (excuse === null) find('repeated', 'it was posted again without an excuse')
      else repeats.set(excuse, (repeats.get(excuse) ?? 0) + 1)
    }
  }

  #judgeEnds(find: Find): void {
    const { windows, entry } = this.#record
    const { ends } = entry
    for (const end of ends) {
      if (end.outcome === 'delivered') {
        if (this.#accepted.length === 0)
          find('delivered_without_arrival', 'its receipt says that it was delivered')
      } else this.#judgeDead(end, find)
    }
    // An ambiguous answer is a reason to post again, and none to end twice.
    const wasCutOff = entry.requests.some((r) => excuseOfPost({ ...r, faulted: false }, windows) !== null)
    const [first, ...later] = ends
    for (const end of later) {
      if (wasCutOff || excuseOfRecord(first?.recordedMs ?? 0, windows) !== null) continue
      find('ended_twice', `${first?.outcome} and ${end.outcome}`)
    }
  }

  #judgeDead(end: End, find: Find): void {
    const { letters } = this.#record.entry
    if (!letters.some(({ cause }) => cause === end.cause))
      find('dead_without_letter', `no dead letter says ${end.cause}`)
    if (end.cause === null || !this.#isExplained(end.cause, end.recordedMs))
      find('dead_without_cause', `nothing that came to pass explains ${end.outcome} ${end.cause}`)
    if (this.#excuses.includes(null)) find('accepted_and_dead', `it arrived, and is dead of ${end.cause}`)
  }

  #judgeLetters(find: Find): void {
    const { windows, entry } = this.#record
    const { letters, ends } = entry
    if (letters.length > 0 && !ends.some(({ outcome }) => outcome !== 'delivered')) {
      const excused = letters.every(({ recordedMs }) => excuseOfRecord(recordedMs, windows) !== null)
      if (!excused) find('letter_without_end', `a dead letter says ${letters[0]?.cause}`)
    }
    const [first] = letters
    if (letters.length > 1 && excuseOfRecord(first?.recordedMs ?? 0, windows) === null)
      find('letter_twice', `${letters.length} dead letters`)
  }

  /** A process that was cut off may not have told how often it tried; one that lives counts. */
  #judgeResends(find: Find): void {
    const { entry, windows } = this.#record
    const unanswered = entry.requests.filter(isAmbiguous)
    const excused = unanswered.filter(({ arrivedMs }) => excuseOfRecord(arrivedMs, windows) !== null)
    if (unanswered.length - excused.length > 1 + AMBIGUOUS_RESENDS)
      find('resent_too_often', `${unanswered.length} posts of it had no answer`)
  }

  #isExplained(cause: DeadLetterCause, recordedMs: number): boolean {
    const { entry, toItsWebhook } = this.#record
    const before = toItsWebhook.filter(({ arrivedMs }) => arrivedMs <= recordedMs + CLOCKS_APART_MS)
    switch (cause) {
      case 'rejected':
        return entry.expected.bad && entry.requests.some(({ word }) => word === 'invalid_payload')
      case 'destination_down':
        return before.some(({ status }) => status === 404 || status === 410)
      case 'retries_exhausted':
        return before.some(({ status }) => status !== null && (status >= 500 || status === 404))
      case 'ambiguous':
        return before.some((request) => isAmbiguous(request) && (request.text === null || this.#has(request)))
      default:
        return false
    }
  }

  #has(request: Request): boolean {
    return this.#record.entry.requests.includes(request)
  }

  /** What became of it, for the reader of a finding. */
  #story(): string {
    const { entry } = this.#record
    const { queued, ends, letters } = entry
    const posts = entry.requests.slice(0, 8).map(({ seq, arrivedMs, word, accepted, ending }) => {
      const ended = ending === null ? 'open' : `${ending.how} at ${Math.round(ending.atMs)}`
      return `#${seq} at ${Math.round(arrivedMs)} ${word}${accepted ? ' accepted' : ''}, ${ended}`
    })
    const records = [
      ...ends.map(
        ({ outcome, cause, recordedMs }) => `${outcome} ${cause ?? ''} at ${Math.round(recordedMs)}`,
      ),
      ...letters.map(({ cause, recordedMs }) => `letter ${cause} at ${Math.round(recordedMs)}`),
    ]
    const at = queued === null ? 'not queued' : `queued at ${queued.partition}/${queued.offset}`
    return ` [${[at, ...posts, ...records].join('; ')}]`
  }
}

type Find = (kind: Finding['kind'], detail: string) => void

/** The wall clock of records, brought to the monotonic one, is off by a few milliseconds. */
const CLOCKS_APART_MS = 50
