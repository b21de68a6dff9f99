/**
 * One webhook is gone: Slack answers `no_active_hooks`. bellhop opens the lane's breaker and puts messages into the dead
 * letters. Once the webhook is back and the breaker can be closed, the demo does what a person would do and replays
 * them, with bellhop's own command in a process of its own.
 */
import { count, formatDuration } from '../../observe/wording.ts'
import { systemClock } from '../../system.ts'
import type { DemoChannel } from '../demo-config.ts'
import { chooseChannel, MAY_BE_GONE } from './choose-channel.ts'
import { type Fault, type FaultStory, type FaultWorld, untilTime, untilTrue } from './fault.ts'
import type { FaultPlan, Span } from './plan.ts'

/** Slack's word for a webhook that is disabled. `no_service`, which one that was removed says, counts from the third time. */
const GONE_WORD = 'no_active_hooks'
/** A breaker that is open lets one message through a minute after the last refusal; and half a second for its way. */
const PROBE_AFTER_MS = 60_500
/** How long it is waited for a webhook that the process to be killed posts to: then the breaker is soon forgotten. */
const CHOICE_WITHIN_MS = 2_000
/** A letter and the mark of its replay are read a moment after they were written. */
const MARKS_WITHIN_MS = 10_000
const MOST_REPLAYS = 5

export interface GoneFault extends Fault {
  /** At this moment. */
  readonly isGone: boolean
}

export function createGone(world: FaultWorld, plan: FaultPlan & { gone: Span }): GoneFault {
  return new Gone(world, plan)
}

class Gone implements GoneFault {
  readonly #world: FaultWorld
  readonly #span: Span
  readonly #killComes: boolean
  #channel: DemoChannel | null = null
  #state: 'to_come' | 'gone' | 'back' = 'to_come'
  #goneAtMs = 0
  #backAtMs = 0
  #replays = 0
  #isReplaying = false
  #trouble: string | null = null

  constructor(world: FaultWorld, { gone, killAtMs }: FaultPlan & { gone: Span }) {
    this.#world = world
    this.#span = gone
    this.#killComes = killAtMs !== null
  }

  get isGone(): boolean {
    return this.#state === 'gone'
  }

  get settled(): boolean {
    if (this.#state === 'to_come') return this.#world.trafficIsOver()
    return (
      this.#state === 'back' && !this.#isReplaying && (this.#left() <= 0 || this.#replays >= MOST_REPLAYS)
    )
  }

  get notice(): string | null {
    if (this.#channel === null) return null
    if (this.#state === 'gone') return `#${this.#channel.name}'s webhook is gone`
    return this.#left() > 0
      ? `#${this.#channel.name}'s webhook is back: ${this.#letters()} to be replayed`
      : null
  }

  async play(): Promise<void> {
    const world = this.#world
    if (!(await untilTime(world, this.#span.fromMs))) return
    const channel = await this.#choose()
    await this.#strike(channel)
    await this.#mend(channel)
    while (await untilTrue(world, () => this.#replays < MOST_REPLAYS && this.#canReplay(channel))) {
      await this.#replay(channel)
    }
  }

  story(): FaultStory {
    const channel = this.#channel
    const struck = channel !== null && this.#state !== 'to_come'
    return {
      kind: 'gone',
      channel: channel?.name ?? '',
      lastedMs: struck ? this.#backAtMs - this.#goneAtMs : null,
      refused: channel === null ? 0 : this.#refusals(channel).length,
      letters: channel === null ? 0 : this.#world.letters.count(channel.destination),
      replayed: this.#world.letters.replayed,
      failure: this.#trouble,
    }
  }

  /** Where a process is to be killed, one of its webhooks: its next owner knows nothing of a breaker. */
  async #choose(): Promise<DemoChannel> {
    const { fleet, elapsedMs } = this.#world
    const choose = () =>
      chooseChannel(MAY_BE_GONE, {
        isMeant: ({ destination }) =>
          !this.#killComes || fleet.ownership.posterOf(destination) === fleet.second,
        taken: fleet.struck,
      })
    const lastMs = elapsedMs() + CHOICE_WITHIN_MS
    await untilTrue(this.#world, () => choose().meant || elapsedMs() >= lastMs)
    const { channel } = choose()
    this.#channel = channel
    return channel
  }

  async #strike({ name, target, destination }: DemoChannel): Promise<void> {
    const { simulator, fleet, letters, say } = this.#world
    fleet.struck.add(destination)
    letters.expect(destination)
    simulator.setFault(target, { kind: 'gone', body: GONE_WORD })
    this.#goneAtMs = systemClock.monotonicMs()
    this.#state = 'gone'
    say(`#${name}'s webhook is gone: Slack answers "${GONE_WORD}"`)
  }

  /** Not before a message has met it, unless none comes any more. */
  async #mend(channel: DemoChannel): Promise<void> {
    const { simulator, say, elapsedMs, nothingComes } = this.#world
    const met = (): boolean => this.#refusals(channel).length > 0
    await untilTrue(this.#world, () => nothingComes() || (elapsedMs() >= this.#span.untilMs && met()))
    simulator.clearFault(channel.target)
    this.#backAtMs = systemClock.monotonicMs()
    this.#state = 'back'
    const lasted = formatDuration(this.#backAtMs - this.#goneAtMs)
    const wait = this.#left() === 0 ? '' : `; ${this.#letters()} so far, and its breaker is open still`
    say(`#${channel.name}'s webhook is back after ${lasted}${wait}`)
  }

  /** Something shows that the breaker is closed, or lets the next message through. */
  #canReplay({ target, destination }: DemoChannel): boolean {
    const { fleet, letters, simulator } = this.#world
    if (this.#left() <= 0) return false
    const sinceMs = Math.max(this.#backAtMs, letters.newestMs(destination))
    const probeAtMs = (this.#refusals({ target }).at(-1)?.arrivedMs ?? 0) + PROBE_AFTER_MS
    return (
      systemClock.monotonicMs() >= probeAtMs ||
      fleet.isForgotten(destination) ||
      simulator.posts(target).some(({ arrivedMs }) => arrivedMs > sinceMs)
    )
  }

  async #replay({ destination }: DemoChannel): Promise<void> {
    const { fleet, letters, say, signal } = this.#world
    const args = ['dead', 'replay', '--destination', destination, '--cause', 'destination_down']
    this.#replays += 1
    say(`$ bellhop ${args.join(' ')}`)
    const before = letters.replayed
    this.#isReplaying = true
    const { ended, output, lastLines } = await fleet.command('the replay', args, signal)
    this.#isReplaying = false
    if (signal.aborted) return
    const words = output.trim().split('\n').at(-1) ?? ''
    say(words === '' ? `the replay ended with ${ended}: ${lastLines.at(-1) ?? 'it said nothing'}` : words)
    this.#trouble = ended === 'exit code 0' ? null : `the replay ended with ${ended}`
    const lastMs = systemClock.monotonicMs() + MARKS_WITHIN_MS
    await untilTrue(
      this.#world,
      () => (letters.replayed > before && this.#left() <= 0) || systemClock.monotonicMs() >= lastMs,
    )
  }

  #refusals({ target }: Pick<DemoChannel, 'target'>): readonly { arrivedMs: number }[] {
    return this.#world.simulator.requests(target).filter(({ fault }) => fault?.kind === 'gone')
  }

  /** Letters that were not replayed yet. */
  #left(): number {
    const { letters } = this.#world
    return this.#channel === null ? 0 : letters.count(this.#channel.destination) - letters.replayed
  }

  #letters(): string {
    return count(this.#left(), 'dead letter')
  }
}
