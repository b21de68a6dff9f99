/** The demo's faults, side by side with its traffic. */

import type { Fault, FaultStory, FaultWorld } from './fault.ts'
import { createGone } from './gone.ts'
import { createKill, type Kill, type KillEvidence } from './kill.ts'
import type { FaultPlan } from './plan.ts'
import { createThrottled } from './throttled.ts'

export interface Faults {
  /** Nothing is left to come or to be mended. */
  readonly settled: boolean
  /** What goes on, for the page. */
  readonly notice: string | null
  readonly kill: KillEvidence | null
  /** Resolves when all have ended: at the latest when the world's signal is aborted. */
  readonly ended: Promise<void>
  stories(): FaultStory[]
}

export function playFaults(world: FaultWorld, plan: FaultPlan): Faults {
  const { throttled, killAtMs, killLatestMs: latestMs } = plan
  const gone = plan.gone === null ? null : createGone(world, { ...plan, gone: plan.gone })
  // Whoever takes the killed process's lanes over would meet the webhook, and open another breaker for a minute.
  const isInTheWay = (): boolean => gone?.isGone ?? false
  const kill: Kill | null =
    killAtMs === null ? null : createKill(world, { atMs: killAtMs, latestMs, isInTheWay })
  const faults: Fault[] = [
    ...(gone === null ? [] : [gone]),
    ...(throttled === null ? [] : [createThrottled(world, throttled)]),
    ...(kill === null ? [] : [kill]),
  ]
  const ended = Promise.all(faults.map((fault) => fault.play())).then(() => undefined)
  return {
    ended,
    get settled() {
      return faults.every(({ settled }) => settled)
    },
    get notice() {
      const notices = faults.flatMap(({ notice }) => notice ?? [])
      return notices.length === 0 ? null : notices.join('; ')
    },
    get kill() {
      return kill?.evidence ?? null
    },
    stories: () => faults.map((fault) => fault.story()),
  }
}
