import type { DispatchRecord, Receipt } from '../../core/records.ts'
import { cutTo } from '../wording.ts'
import type { MessageView } from './overview.ts'

const SHOWN = 200
/** Of these, so many at least are such that were not delivered: in a busy group nobody could look at them else. */
const TROUBLED = 50
/** Cut down to the newest when there are so many: a sort for each would cost more than all else. */
const KEPT = 600
/** A message's text comes before its receipt, and a backlog may lie between them. At most twice so many are kept. */
const REMEMBERED_TEXTS = 4_000
const TEXT_CHARS = 240
/** Words of others, cut to what a page shows; a code point may take two. */
const DETAIL_CHARS = 500
const NAME_CHARS = 256

/** The messages of which there was word last, each with its newest, whatever order the partitions are read in. */
export class RecentMessages {
  readonly #texts = new Map<string, { text: string; atMs: number }>()
  readonly #messages = new Map<string, Omit<MessageView, 'text'>>()

  queued({ id, message: { text } }: DispatchRecord, atMs: number): void {
    this.#texts.set(id, { text: cutTo(text.slice(0, TEXT_CHARS * 2), TEXT_CHARS), atMs })
    if (this.#texts.size <= REMEMBERED_TEXTS * 2) return
    const newest = [...this.#texts].sort(([, a], [, b]) => b.atMs - a.atMs).slice(0, REMEMBERED_TEXTS)
    this.#texts.clear()
    for (const [known, kept] of newest) this.#texts.set(known, kept)
  }

  word(receipt: Receipt): void {
    const known = this.#messages.get(receipt.id)
    if (known !== undefined && known.recordedAt > receipt.recorded_at) return
    this.#messages.delete(receipt.id)
    this.#messages.set(receipt.id, viewOf(receipt))
    if (this.#messages.size > KEPT) this.#keepNewest()
  }

  /** The newest first. */
  views(): MessageView[] {
    this.#keepNewest()
    return [...this.#messages.values()]
      .reverse()
      .map((message) => ({ ...message, text: this.#texts.get(message.id)?.text ?? null }))
  }

  /** Leaves them in their order, the newest last. */
  #keepNewest(): void {
    const known = [...this.#messages.values()].sort((a, b) => a.recordedAt - b.recordedAt)
    const kept = new Set(known.filter(({ outcome }) => outcome !== 'delivered').slice(-TROUBLED))
    for (const message of known.toReversed()) if (kept.size < SHOWN) kept.add(message)
    this.#messages.clear()
    for (const message of known) if (kept.has(message)) this.#messages.set(message.id, message)
  }
}

function viewOf(receipt: Receipt): Omit<MessageView, 'text'> {
  return {
    id: receipt.id,
    action: receipt.action,
    destination: receipt.destination,
    outcome: receipt.outcome,
    cause: receipt.cause,
    detail: receipt.detail === null ? null : cutTo(receipt.detail.slice(0, DETAIL_CHARS * 2), DETAIL_CHARS),
    attempts: receipt.attempts,
    postMessages: receipt.post_messages,
    status: receipt.answer?.status ?? null,
    heldUntil: receipt.held_until,
    breaker: receipt.breaker,
    eventAt: receipt.event.timestamp,
    queuedAt: receipt.queued_at,
    recordedAt: receipt.recorded_at,
    userId: receipt.userId === null ? null : cutTo(receipt.userId.slice(0, NAME_CHARS * 2), NAME_CHARS),
  }
}
