import type { LetterFilter } from '../../dead/letter-filter.ts'
import type { ReplayProgress } from '../../dead/replay.ts'
import type { ReplaySkipReason } from '../../dead/replay-policy.ts'
import { idOf, isNamedBy, type LetterId, type StoredLetter } from '../../dead/stored-letter.ts'
import type { LetterPortion } from '../../kafka/dead-letter-log.ts'
import { count } from '../../observe/wording.ts'
import { systemClock } from '../../system.ts'
import type { CommandIo } from '../io.ts'
import { createProgressLine, type ProgressLine } from '../progress.ts'
import type { Session } from '../session.ts'
import { createOutput, type Output, plainText } from './output.ts'

type Letters = AsyncGenerator<LetterPortion>

const REASON_TEXT: Readonly<Record<ReplaySkipReason, string>> = {
  already_replayed: 'was replayed already',
  own_message: "it is bellhop's own word of its time",
  unknown_destination: 'the configuration has no such destination',
  destination_disabled: 'its destination is disabled',
  unknown_action: 'the configuration has no such action, or it is disabled',
  still_poison: 'it fails as it did before',
  still_malformed: 'it is no record of bellhop',
  original_gone: 'the letter holds a part of it only, and its topic no longer has the whole',
  incomplete: 'the letter holds nothing to replay',
}

/** A breaker that is open gives up unposted what comes within a minute of the last refusal, mended or not. */
const BREAKER_NOTE =
  'note: a lane whose breaker is open posts again within a minute of its last refusal; what comes before that is ' +
  'given up again (see dead list)\n'

interface Reported {
  session: Pick<Session, 'mask'>
  filter: LetterFilter
  options: { dryRun?: boolean }
  io: CommandIo
}

/** What a replay says while it goes on, and at its end. */
export class ReplayReport {
  readonly #at: Reported
  readonly #size: number
  readonly #line: ProgressLine
  readonly #output: Output
  readonly #stays = new Map<ReplaySkipReason, number>()
  readonly #missing: Map<string, LetterId>
  #latest: ReplayProgress = { passed: 0, replayed: 0, messages: 0 }
  #unreadable = 0
  #found = 0
  #refusedBefore = 0

  constructor(at: Reported, { size }: { size: number }) {
    this.#at = at
    this.#size = size
    const verb = at.options.dryRun === true ? 'would be replayed' : 'replayed'
    this.#line = createProgressLine(at.io.stderr, verb, systemClock)
    this.#output = createOutput(at.io.stdout)
    this.#missing = new Map(at.filter.ids.map((id) => [id.text, id]))
  }

  get progress(): ReplayProgress {
    return this.#latest
  }

  get unreadable(): number {
    return this.#unreadable
  }

  /** Letters that were meant. */
  get found(): number {
    return this.#found
  }

  /** Of those, how many stay, other than for having been replayed already. */
  get stayed(): number {
    const reasons = [...this.#stays].filter(([reason]) => reason !== 'already_replayed')
    return reasons.reduce((sum, [, times]) => sum + times, 0)
  }

  /** Ids that no letter has. */
  get missing(): string[] {
    return [...this.#missing.keys()]
  }

  async *watch(letters: Letters): Letters {
    for await (const portion of letters) {
      this.#unreadable += portion.unreadable
      yield portion
    }
  }

  progressed(progress: ReplayProgress): void {
    this.#latest = { ...progress }
    this.#line.update({ passed: progress.passed, total: this.#size, done: progress.replayed })
  }

  async planned(stored: StoredLetter, messages: readonly unknown[]): Promise<void> {
    this.#note(stored)
    if (stored.letter.cause === 'destination_down') this.#refusedBefore += messages.length
    if (this.#at.options.dryRun !== true) return
    const gives =
      messages.length === 0 ? 'gives no message any more' : `queues ${count(messages.length, 'message')}`
    await this.#say(`replays  ${this.#plain(idOf(stored.letter))}  ${stored.letter.cause}: ${gives}`)
  }

  async skipped(stored: StoredLetter, reason: ReplaySkipReason, detail: string | null): Promise<void> {
    this.#note(stored)
    this.#stays.set(reason, (this.#stays.get(reason) ?? 0) + 1)
    if (this.#isNoNews(reason)) return
    const why = detail === null ? REASON_TEXT[reason] : `${REASON_TEXT[reason]} (${this.#plain(detail)})`
    await this.#say(`stays    ${this.#plain(idOf(stored.letter))}  ${reason}: ${why}`)
  }

  async end(): Promise<void> {
    const { options, io } = this.#at
    const left = [...this.#stays].filter(([reason]) => !this.#isNoNews(reason))
    this.#line.clear()
    await this.#output.line(summary(this.#latest, left, options.dryRun === true))
    await this.#output.flush()
    if (this.#refusedBefore > 0 && options.dryRun !== true) io.stderr.write(BREAKER_NOTE)
  }

  /** What was said comes before an error that ends the replay. */
  async breakOff(): Promise<void> {
    this.#line.clear()
    await this.#output.flush()
  }

  /** What was replayed already is told to those who named it. */
  #isNoNews(reason: ReplaySkipReason): boolean {
    return reason === 'already_replayed' && this.#at.filter.ids.length === 0
  }

  #note({ letter }: StoredLetter): void {
    this.#found += 1
    for (const [text, id] of this.#missing) if (isNamedBy(letter, id)) this.#missing.delete(text)
  }

  async #say(text: string): Promise<void> {
    this.#line.clear()
    await this.#output.line(text)
    if (this.#at.io.stdout.isTTY === true) await this.#output.flush()
  }

  #plain(text: string): string {
    return plainText(text, this.#at.session.mask)
  }
}

function summary(
  { replayed, messages }: ReplayProgress,
  left: readonly [ReplaySkipReason, number][],
  dryRun: boolean,
): string {
  const queued = `${count(messages, 'message')} ${messages === 1 ? 'is' : 'are'} queued again`
  const done = dryRun
    ? `nothing was changed: ${count(replayed, 'letter')} would be replayed, ${count(messages, 'message')} queued again`
    : `${count(replayed, 'letter')} replayed: ${queued}`
  const reasons = left.map(([reason, times]) => `${reason} ${times.toLocaleString('en-US')}`)
  return reasons.length === 0 ? done : `${done}; left: ${reasons.join(', ')}`
}
