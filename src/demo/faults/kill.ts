/** One process is killed with SIGKILL, whatever it is in the middle of, and another takes its place. */
import { count, formatDuration } from '../../observe/wording.ts'
import { type Fault, type FaultStory, type FaultWorld, untilTime, untilTrue } from './fault.ts'

/** What is known of the kill, for who judges repeated messages. Milliseconds since the epoch. */
export interface KillEvidence {
  killedAtMs: number
  /** From then on it can have written nothing more. */
  goneAtMs: number
  /** Partitions of the dispatch topic that it worked on. */
  partitions: readonly number[]
}

export interface Kill extends Fault {
  /** Null where nothing was killed. */
  readonly evidence: KillEvidence | null
}

export interface KillTime {
  atMs: number
  /** It is put off until nothing speaks against it, but not beyond this. */
  latestMs: number
  isInTheWay(): boolean
}

export function createKill(world: FaultWorld, time: KillTime): Kill {
  return new KillFault(world, time)
}

class KillFault implements Kill {
  readonly #world: FaultWorld
  readonly #time: KillTime
  #state: 'to_come' | 'struck' | 'over' = 'to_come'
  #victim = ''
  #takeoverMs: number | null = null
  evidence: KillEvidence | null = null

  constructor(world: FaultWorld, time: KillTime) {
    this.#world = world
    this.#time = time
  }

  get settled(): boolean {
    return this.#state === 'to_come' ? this.#world.trafficIsOver() : this.#state === 'over'
  }

  get notice(): string | null {
    return this.#state === 'struck' ? `${this.#victim} was killed and is being replaced` : null
  }

  async play(): Promise<void> {
    const world = this.#world
    const { fleet, say } = world
    const { atMs, latestMs, isInTheWay } = this.#time
    if (!(await untilTime(world, atMs))) return
    await untilTrue(world, () => !isInTheWay() || world.elapsedMs() >= latestMs)
    if (world.signal.aborted) return
    this.#victim = fleet.second
    this.#state = 'struck'
    const { killedAtMs, goneAtMs, orphans: partitions } = await fleet.killSecond()
    this.evidence = { killedAtMs, goneAtMs, partitions }
    const ready = fleet.replaceSecond()
    say(
      `kill -9 of ${this.#victim}, which has ${count(partitions.length, 'partition')}; ${fleet.second} is started`,
    )
    const { ownership } = fleet
    if (await untilTrue(world, () => ownership.orphans.size === 0)) {
      this.#takeoverMs = Math.max(0, (ownership.adoptedAtMs ?? killedAtMs) - killedAtMs)
      say(`what ${this.#victim} had is worked on again, ${formatDuration(this.#takeoverMs)} after the kill`)
    }
    await ready
    this.#state = 'over'
  }

  story(): FaultStory {
    return {
      kind: 'kill',
      process: this.#victim,
      partitions: this.evidence?.partitions.length ?? 0,
      takeoverMs: this.#takeoverMs,
      failure: this.#state === 'struck' ? 'not all that it had was taken over' : null,
    }
  }
}
