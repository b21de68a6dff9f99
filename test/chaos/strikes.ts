import type { SlackSimulator } from '../../src/demo/simulator/server.ts'
import type { Fault } from '../../src/demo/simulator/switches.ts'
import { sleep } from '../../src/system.ts'
import type { ChaosBroker } from './broker.ts'
import type { Disruption } from './evidence.ts'
import {
  type BrokerFault,
  type FaultKind,
  LASTING_FAULTS,
  type PlannedFault,
  type ProcessFault,
  type WebhookFault,
} from './fault-kinds.ts'
import type { Fleet } from './fleet.ts'
import type { Plan } from './plan.ts'
import { type FaultCount, simulatorFault } from './scene.ts'
import type { Traffic } from './traffic.ts'

/** Makes the plan's faults happen at their times. */
export interface StrikeTargets {
  plan: Plan
  slack: SlackSimulator
  fleet: Fleet
  broker: ChaosBroker
  traffic: Traffic
  count: FaultCount
  /** Time since the plan began, and since the harness did. */
  elapsedMs: () => number
  nowMs: () => number
  signal: AbortSignal
  print: (line: string) => void
}

export interface Strikes {
  disruptions: readonly Disruption[]
}

/** A fault of a process or the broker waits so long for a moment at which a post is in flight. */
const AIM_MS = 20_000
/** Even where several have waited for the same moment. */
const BETWEEN_DISRUPTIONS_MS = 2_000
/** From the broker's end to a stop that cannot reach it, and from that to the next process. */
const STOP_AFTER_MS = 500
/** When all have struck, so long for each kind to meet a post. */
const PROOF_MS = 20_000

/**
 * Resolves when the last fault is over, and each kind has met a post or can be waited for no longer. On a busy
 * machine faults come later than planned; their order stays.
 */
export async function strikeAll(targets: StrikeTargets): Promise<Strikes> {
  const { plan, elapsedMs, signal, slack, count } = targets
  const striker = new Striker(targets)
  await Promise.all([striker.strikeWebhooks(), striker.disrupt()])
  await sleep(plan.produceForMs - elapsedMs(), signal)
  const deadlineMs = elapsedMs() + PROOF_MS
  striker.noteHits()
  while (count.isUnproved() && elapsedMs() < deadlineMs && !signal.aborted) {
    await sleep(100, signal)
    striker.noteHits()
  }
  for (const { path, lasting } of plan.webhooks) if (lasting === null) slack.clearFault(path)
  return striker
}

class Striker implements Strikes {
  readonly disruptions: Disruption[] = []
  readonly #targets: StrikeTargets
  readonly #kinds = new Map<Fault, FaultKind>()
  readonly #paths: ReadonlyMap<string, string>
  /** Requests whose faults have been counted. */
  #noted = 0

  constructor(targets: StrikeTargets) {
    this.#targets = targets
    this.#paths = new Map(targets.plan.webhooks.map(({ name, path }) => [name, path]))
  }

  async strikeWebhooks(): Promise<void> {
    const { plan, elapsedMs, signal } = this.#targets
    for (const fault of plan.faults) {
      if (!('webhook' in fault)) continue
      await sleep(fault.atMs - elapsedMs(), signal)
      this.#strikeWebhook(fault)
    }
  }

  /** One after another begins; one may begin while another still lasts. */
  async disrupt(): Promise<void> {
    const { plan, elapsedMs, signal } = this.#targets
    const under: Promise<void>[] = []
    const failures: unknown[] = []
    for (const fault of plan.faults) {
      if ('webhook' in fault) continue
      await sleep(fault.atMs - elapsedMs(), signal)
      const isInFlight = await this.#aim()
      if (signal.aborted || failures.length > 0) break
      under.push(this.#disrupt(fault, isInFlight).catch((error: unknown) => void failures.push(error)))
      await sleep(BETWEEN_DISRUPTIONS_MS, signal)
    }
    await Promise.all(under)
    if (failures.length > 0) throw failures[0]
  }

  /** Takes note of the requests that have met a fault since it was last asked. */
  noteHits(): void {
    const { slack, count } = this.#targets
    const requests = slack.requests()
    for (const { fault, word } of requests.slice(this.#noted)) {
      const kind = fault === null ? undefined : this.#kinds.get(fault)
      if (kind !== undefined) count.hit(kind)
      if (word === 'invalid_payload') count.hit('bad_message')
    }
    this.#noted = requests.length
  }

  async #disrupt(fault: ProcessFault | BrokerFault, isInFlight: boolean): Promise<void> {
    const { count } = this.#targets
    this.#tell(fault)
    const struck = await ('place' in fault ? this.#strikeProcess(fault) : this.#strikeBroker(fault))
    if (!struck) return
    count.strike(fault.kind)
    if (isInFlight) count.hit(fault.kind)
  }

  #strikeWebhook(fault: WebhookFault): void {
    const { slack, traffic, count } = this.#targets
    const switched = simulatorFault(fault)
    count.strike(fault.kind)
    if (switched === null) {
      traffic.spoil(fault.webhook)
      return
    }
    this.#kinds.set(switched, fault.kind)
    const options = (LASTING_FAULTS as readonly FaultKind[]).includes(fault.kind)
      ? {}
      : { times: fault.times }
    slack.setFault(this.#paths.get(fault.webhook) ?? '', switched, options)
  }

  #strikeProcess(fault: ProcessFault): Promise<boolean> {
    const { fleet } = this.#targets
    if (fault.kind === 'freeze') return fleet.freeze(fault.place, fault.forMs)
    return fleet.end(fault.kind, fault.place, fault.forMs)
  }

  async #strikeBroker({ kind, stops }: BrokerFault): Promise<boolean> {
    const { broker, nowMs } = this.#targets
    const fromMs = nowMs()
    const stopped = stops === null ? null : this.#stopWithoutBroker(stops)
    await (kind === 'broker_kill' ? broker.kill() : broker.restart())
    this.disruptions.push({ kind, fromMs, untilMs: nowMs() })
    await stopped
    return true
  }

  async #stopWithoutBroker(place: number): Promise<void> {
    const { fleet, signal } = this.#targets
    await sleep(STOP_AFTER_MS, signal)
    if (!signal.aborted) await fleet.end('term', place, STOP_AFTER_MS)
  }

  /** Waits for a moment at which a post is in flight that will have its answer; false: there was none in time. */
  async #aim(): Promise<boolean> {
    const { slack, nowMs, signal } = this.#targets
    const deadlineMs = nowMs() + AIM_MS
    const isInFlight = (): boolean => slack.open().some(({ fault }) => fault?.kind !== 'hang')
    while (!isInFlight() && nowMs() < deadlineMs && !signal.aborted) await sleep(5, signal)
    return isInFlight()
  }

  #tell(fault: PlannedFault): void {
    const { elapsedMs, print } = this.#targets
    print(`${(elapsedMs() / 1_000).toFixed(1).padStart(6)} s  ${fault.kind}`)
  }
}
