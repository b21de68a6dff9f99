/** One webhook answers 429 for a while, whatever its bucket holds: the lane waits as long as it is told, and goes on. */
import { formatDuration } from '../../observe/wording.ts'
import { systemClock } from '../../system.ts'
import type { DemoChannel } from '../demo-config.ts'
import { chooseChannel, MAY_BE_THROTTLED } from './choose-channel.ts'
import { type Fault, type FaultStory, type FaultWorld, untilTime, untilTrue } from './fault.ts'
import type { FaultPlan } from './plan.ts'

type ThrottledSpan = NonNullable<FaultPlan['throttled']>

export function createThrottled(world: FaultWorld, span: ThrottledSpan): Fault {
  return new Throttled(world, span)
}

class Throttled implements Fault {
  readonly #world: FaultWorld
  readonly #span: ThrottledSpan
  #channel: DemoChannel | null = null
  #fromMs = 0
  #untilMs: number | null = null

  constructor(world: FaultWorld, span: ThrottledSpan) {
    this.#world = world
    this.#span = span
  }

  get settled(): boolean {
    return this.#channel === null ? this.#world.trafficIsOver() : this.#untilMs !== null
  }

  get notice(): string | null {
    return this.#channel !== null && this.#untilMs === null ? `#${this.#channel.name} is throttled` : null
  }

  async play(): Promise<void> {
    const world = this.#world
    const { retryAfterSeconds, fromMs, untilMs } = this.#span
    if (!(await untilTime(world, fromMs))) return
    const { fleet, simulator, say, elapsedMs, nothingComes } = world
    const { channel } = chooseChannel(MAY_BE_THROTTLED, {
      isMeant: ({ destination }) => {
        const poster = fleet.ownership.posterOf(destination)
        return poster !== null && poster !== fleet.second
      },
      taken: fleet.struck,
    })
    fleet.struck.add(channel.destination)
    simulator.setFault(channel.target, { kind: 'rate_limited', retryAfterSeconds })
    this.#fromMs = systemClock.monotonicMs()
    this.#channel = channel
    say(`#${channel.name} is throttled: 429, Retry-After ${retryAfterSeconds} s`)
    // Not before a message has met it, unless none comes any more.
    await untilTrue(world, () => nothingComes() || (elapsedMs() >= untilMs && this.#answers() > 0))
    simulator.clearFault(channel.target)
    this.#untilMs = systemClock.monotonicMs()
    say(`#${channel.name} takes messages again after ${formatDuration(this.#untilMs - this.#fromMs)}`)
  }

  story(): FaultStory {
    const early = this.#world.simulator.requests().filter((request) => request.early).length
    return {
      kind: 'throttled',
      channel: this.#channel?.name ?? '',
      lastedMs: this.#untilMs === null ? null : this.#untilMs - this.#fromMs,
      answers: this.#answers(),
      retryAfterSeconds: this.#span.retryAfterSeconds,
      failure: early === 0 ? null : `${early} came before Retry-After was over`,
    }
  }

  #answers(): number {
    if (this.#channel === null) return 0
    const met = this.#world.simulator.requests(this.#channel.target)
    return met.filter(({ fault }) => fault?.kind === 'rate_limited').length
  }
}
