import type { Clock } from '../core/clock.ts'
import type { ControlKind } from '../core/outcome.ts'
import type { Control } from '../core/records.ts'
import { cutTo } from '../observe/wording.ts'

/** What a key is about: `silence/sales`. */
export interface ControlPlace {
  kind: ControlKind
  destination: string
}

export interface ControlChange extends ControlPlace {
  /** Null: what was said is taken back. */
  control: Control | null
}

/** Looked at again at least so often: the wall clock may be set. */
const LONGEST_WAIT_MS = 10_000
/** What is said stands in every receipt of a silenced message, whoever wrote it. */
const MOST_CHARS = 500

/** What is in force now: what was said last of each destination, until it ends by itself. */
export class ControlSet {
  readonly #clock: Clock
  readonly #changed: () => void
  readonly #byKind = { pause: new Map<string, Control>(), silence: new Map<string, Control>() }
  #timer: NodeJS.Timeout | null = null
  /** Until all is known that was said before, nobody is told of changes. */
  #hasBegun = false

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock
    this.#changed = changed
  }

  isPaused(destination: string): boolean {
    const pause = this.#byKind.pause.get(destination)
    return pause !== undefined && isInForce(pause, this.#clock.nowMs())
  }

  silenceAt(destination: string, nowMs: number): Control | null {
    const silence = this.#byKind.silence.get(destination)
    return silence !== undefined && isInForce(silence, nowMs) ? silence : null
  }

  list(): Control[] {
    const nowMs = this.#clock.nowMs()
    const { pause, silence } = this.#byKind
    return [...pause.values(), ...silence.values()]
      .filter((control) => isInForce(control, nowMs))
      .sort((a, b) => (a.destination < b.destination ? -1 : a.destination > b.destination ? 1 : 0))
  }

  /** In their order; told of once, if anything is other than before. */
  take(changes: readonly ControlChange[]): void {
    const before = this.#text()
    for (const { kind, destination, control } of changes) {
      if (control === null) this.#byKind[kind].delete(destination)
      else this.#byKind[kind].set(destination, shortened(control))
    }
    this.#endWhatHasEnded()
    if (this.#hasBegun && this.#text() !== before) this.#changed()
  }

  begin(): void {
    this.#hasBegun = true
    this.#endWhatHasEnded()
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#hasBegun = false
  }

  #text(): string {
    return JSON.stringify([[...this.#byKind.pause.values()], [...this.#byKind.silence.values()]])
  }

  /** Forgets what is over, and comes back for what will be. Says whether anything was. */
  #endWhatHasEnded(): boolean {
    const nowMs = this.#clock.nowMs()
    let nextMs = Infinity
    let hasEnded = false
    for (const controls of Object.values(this.#byKind)) {
      for (const [destination, { until }] of controls) {
        if (until === null) continue
        if (until > nowMs) nextMs = Math.min(nextMs, until)
        else hasEnded = controls.delete(destination)
      }
    }
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = this.#hasBegun && nextMs < Infinity ? this.#timerOf(nextMs - nowMs) : null
    return hasEnded
  }

  #timerOf(waitMs: number): NodeJS.Timeout {
    return setTimeout(
      () => {
        if (this.#endWhatHasEnded()) this.#changed()
      },
      Math.min(Math.ceil(waitMs), LONGEST_WAIT_MS),
    )
  }
}

function isInForce({ until }: Control, nowMs: number): boolean {
  return until === null || until > nowMs
}

function shortened(control: Control): Control {
  const { why, by } = control
  return {
    ...control,
    why: why === null ? null : cutTo(why, MOST_CHARS),
    by: by === null ? null : cutTo(by, MOST_CHARS),
  }
}
