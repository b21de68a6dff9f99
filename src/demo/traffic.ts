import type { EventProducer } from '../kafka/event-producer.ts'
import { sleep, systemClock } from '../system.ts'
import type { EventEncoding } from './event-encoding.ts'
import type { Progress } from './report.ts'
import type { Step } from './scenario/step.ts'
import type { Scenario } from './scenario.ts'
import type { Tally } from './tally.ts'

export interface Pacing {
  /** How long events are produced. */
  forMs: number
  /** Events a second. */
  rate: number
  /** Told about once a second. */
  watch(progress: Progress): void
}

export interface Traffic extends Pacing {
  scenario: Scenario
  encoding: EventEncoding
  producer: EventProducer
  tally: Tally
  rateLimited(): number
  /** Nothing of a fault is left to come or to be mended. */
  faultsSettled(): boolean
  signal: AbortSignal
}

const TURN_MS = 50
const WATCH_MS = 1_000
/** Longer than any wait between two posts, a post's own deadline of 10 s included. */
const QUIET_MS = 12_000
/** Longer than a breaker stays open, and than it takes to deliver what has gathered. */
const FAULTS_SETTLE_MS = 180_000
/** What is repeated comes after what was expected: a while longer is waited for it. */
const AFTERMATH_MS = 2_500

/** Produces the scenario's records at the rate asked for; gives how long it took. */
export async function produceTraffic(traffic: Traffic): Promise<number> {
  const { forMs, rate, scenario, encoding, producer, tally, signal } = traffic
  const startMs = systemClock.monotonicMs()
  let produced = 0
  let watchedMs = 0
  for (
    let elapsedMs = 0;
    elapsedMs < forMs && !signal.aborted;
    elapsedMs = systemClock.monotonicMs() - startMs
  ) {
    const due = Math.floor((Math.min(elapsedMs + TURN_MS, forMs) / 1_000) * rate) - produced
    const steps = Array.from({ length: due }, () => scenario.next())
    if (steps.length > 0) {
      for (const step of steps) expect(step, tally)
      await producer.send(steps.map((step) => toRecord(step, encoding)))
      produced += steps.length
    }
    if (elapsedMs - watchedMs >= WATCH_MS) {
      watchedMs = elapsedMs
      report(traffic, { phase: 'traffic', elapsedMs })
    }
    await sleep(TURN_MS, signal)
  }
  return systemClock.monotonicMs() - startMs
}

/**
 * Waits until all that was expected has arrived and the faults are mended, or nothing has come for a while, and then
 * for what may be repeated; gives how long the first took.
 */
export async function untilDrained(traffic: Traffic): Promise<number> {
  const { tally, signal, forMs } = traffic
  const startMs = systemClock.monotonicMs()
  const elapsed = (): number => systemClock.monotonicMs() - startMs
  const mending = (): boolean => !traffic.faultsSettled() && elapsed() < FAULTS_SETTLE_MS
  let pending = tally.pending()
  let changedMs = 0
  while (!signal.aborted && (mending() || (pending > 0 && elapsed() - changedMs < QUIET_MS))) {
    report(traffic, { phase: 'drain', elapsedMs: forMs + elapsed() })
    await sleep(WATCH_MS / 4, signal)
    if (tally.pending() !== pending || mending()) changedMs = elapsed()
    pending = tally.pending()
  }
  const drainMs = elapsed()
  await sleep(AFTERMATH_MS, signal)
  return drainMs
}

function report(traffic: Traffic, at: Pick<Progress, 'phase' | 'elapsedMs'>): void {
  const { events, delivered } = traffic.tally.summary()
  traffic.watch({
    ...at,
    trafficMs: traffic.forMs,
    events,
    delivered,
    pending: traffic.tally.pending(),
    rateLimited: traffic.rateLimited(),
  })
}

function expect(step: Step, tally: Tally): void {
  tally.produced()
  const producedAtMs = Date.now()
  if (step.kind === 'event') {
    const messageId = String(step.event.messageId)
    for (const message of step.expected) tally.expected({ ...message, producedAtMs, messageId })
  }
  if (step.expectedDeadLetter !== null) tally.expectedDeadLetter(step.expectedDeadLetter)
}

function toRecord(step: Step, { encode }: EventEncoding): { key: string; value: Buffer } {
  return { key: step.key, value: step.kind === 'poison' ? step.raw : encode(step.event) }
}
