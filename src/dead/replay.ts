import type { Clock } from '../core/clock.ts'
import type { DeadLetter, EventCoordinates } from '../core/records.ts'
import type { Failure, QueuedMessage } from '../match/match-event.ts'
import { isMeant, type LetterFilter } from './letter-filter.ts'
import type { Original, ReplayDecision, ReplaySkipReason } from './replay-policy.ts'
import type { StoredLetter } from './stored-letter.ts'

/** What goes out for some letters, all or nothing: their marks, their messages, and letters of what failed anew. */
export interface ReplayBatch {
  marks: { partition: number; letter: DeadLetter }[]
  messages: QueuedMessage[]
  letters: DeadLetter[]
}

export interface ReplayProgress {
  /** Offsets that are behind us. */
  passed: number
  /** Letters that went back, or would in a dry run; `messages` is what they gave. */
  replayed: number
  messages: number
}

export interface ReplayDeps {
  letters: AsyncIterable<{ letters: readonly StoredLetter[]; unreadable: number; passed: number }>
  filter: LetterFilter
  decide(stored: StoredLetter, original?: Original): ReplayDecision
  /** The whole value of a record that a letter holds a part of; null where it is gone. */
  readOriginal(at: EventCoordinates): Promise<Buffer | null>
  /** Resolves when the registry's word about a schema is known: what it is, or that there is none. */
  learnSchema(id: number): Promise<void>
  /** Puts a batch on record; null for a dry run. An error means that the batch is not on record, or may be. */
  commit: ((batch: ReplayBatch) => Promise<void>) | null
  clock: Clock
  signal: AbortSignal
  progressed(progress: ReplayProgress): void
  /** A letter that goes back with the next batch, or would, and what it gives. */
  planned(stored: StoredLetter, messages: readonly QueuedMessage[]): Promise<void>
  /** A letter that stays. */
  skipped(stored: StoredLetter, reason: ReplaySkipReason, detail: string | null): Promise<void>
}

/** One transaction takes a few hundred letters: long enough to be cheap, short enough to hold up no reader. */
const BATCH_LETTERS = 200
const BATCH_CHARS = 2_097_152
/** A message dead-lettered twice, by a crash between its letter and its receipt, lies near its other letter. */
const REMEMBERED_IDS = 20_000

/**
 * Sends letters back in the order of each partition, in batches that are on record whole or not at all. Two letters
 * of one message are both marked, and it is queued once. Resolves when all are behind it, or the signal came.
 */
export async function replayLetters(deps: ReplayDeps): Promise<ReplayProgress> {
  const { filter, signal, clock } = deps
  const progress: ReplayProgress = { passed: 0, replayed: 0, messages: 0 }
  const queued = new RecentIds(REMEMBERED_IDS)
  let batch = emptyBatch()
  const flush = async (): Promise<void> => {
    const full = batch
    batch = emptyBatch()
    if (full.marks.length > 0) await deps.commit?.(full)
    progress.replayed += full.marks.length
    progress.messages += full.messages.length
    deps.progressed(progress)
  }
  for await (const { letters, passed } of deps.letters) {
    for (const stored of letters) {
      if (signal.aborted) break
      if (!isMeant(stored.letter, filter)) continue
      const decision = await decideWhole(stored, deps)
      if (decision.kind === 'skip') {
        await deps.skipped(stored, decision.reason, decision.detail)
        continue
      }
      await deps.planned(stored, decision.messages)
      addTo(batch, { stored, decision, queued, nowMs: clock.nowMs() })
      if (isFull(batch)) await flush()
    }
    if (signal.aborted) break
    progress.passed = passed
    deps.progressed(progress)
  }
  await flush()
  return progress
}

type Decided = Extract<ReplayDecision, { kind: 'replay' | 'skip' }>

async function decideWhole(stored: StoredLetter, deps: ReplayDeps): Promise<Decided> {
  const given = new Set<string>()
  let original: Original
  for (;;) {
    const decision = deps.decide(stored, original)
    if (decision.kind === 'replay' || decision.kind === 'skip') return decision
    if (given.has(decision.kind)) throw new TypeError('the policy asks twice for what it was given')
    given.add(decision.kind)
    if (decision.kind === 'learn_schema') await deps.learnSchema(decision.id)
    else original = await deps.readOriginal(decision.at)
  }
}

function emptyBatch(): ReplayBatch & { chars: number } {
  return { marks: [], messages: [], letters: [], chars: 0 }
}

function isFull({ marks, chars }: { marks: readonly unknown[]; chars: number }): boolean {
  return marks.length >= BATCH_LETTERS || chars >= BATCH_CHARS
}

function addTo(
  batch: ReplayBatch & { chars: number },
  of: {
    stored: StoredLetter
    decision: Extract<Decided, { kind: 'replay' }>
    queued: RecentIds
    nowMs: number
  },
): void {
  const { stored, decision, queued, nowMs } = of
  const { partition, offset, letter } = stored
  batch.marks.push({ partition, letter: markOf(letter, offset, nowMs) })
  for (const message of decision.messages) {
    if (!queued.add(message.record.id)) continue
    batch.messages.push(message)
    batch.chars += message.record.message.text.length
  }
  for (const failure of decision.failures) batch.letters.push(letterOf(letter, failure, nowMs))
}

/** What says that the letter at an offset of the same partition has been replayed. */
export function markOf(letter: DeadLetter, offset: number, nowMs: number): DeadLetter {
  const { cause, action, destination } = letter
  return {
    kind: 'replayed',
    cause,
    detail: null,
    attempts: 0,
    answer: null,
    message: null,
    event: null,
    action,
    destination,
    replays: offset,
    recorded_at: Math.round(nowMs),
  }
}

/** The event can be read now, but one of its actions failed on it: as the match stage would record it. */
function letterOf({ event }: DeadLetter, failure: Failure, nowMs: number): DeadLetter {
  const { cause, detail, action, destination } = failure
  return {
    kind: 'event',
    cause,
    detail,
    attempts: 0,
    answer: null,
    message: null,
    event,
    action,
    destination,
    replays: null,
    recorded_at: Math.round(nowMs),
  }
}

/** The ids that were added last, up to a limit. */
class RecentIds {
  readonly #limit: number
  readonly #ids = new Set<string>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** False where it is among them already. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false
    this.#ids.add(id)
    const [oldest = id] = this.#ids
    if (this.#ids.size > this.#limit) this.#ids.delete(oldest)
    return true
  }
}
