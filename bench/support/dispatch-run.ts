import { startBellhop } from './bellhop-process.ts'
import type { Ground } from './bench.ts'
import { startReceiver, untilReceived } from './receiver.ts'
import { machineNowMs, type Tally } from './tally.ts'
import { configOf, pathOf, produceWork, type Work } from './work.ts'

/** Webhooks at one message a second, of which the first hang and the next ones are gone. */
export interface DispatchLoad {
  webhooks: number
  /** For each webhook. */
  messages: number
  hanging: number
  gone: number
}

/** What dispatches the work. */
export interface Runner {
  /** What it has used since the work began; null where it is no process of its own. */
  usage(): Promise<{ cpuSeconds: number; peakMb: number } | null>
  stop(): Promise<void>
}

export interface DispatchRun {
  /** Until the last healthy message arrived, or patience ended. */
  elapsedMs: number
  /** From the beginning of the work until its usage was read. */
  observedMs: number
  tally: Tally
  usage: { cpuSeconds: number; peakMb: number } | null
}

/** How many messages are for webhooks that work. */
export function healthyMessages({ webhooks, messages, hanging, gone }: DispatchLoad): number {
  return (webhooks - hanging - gone) * messages
}

/** Produces the work for a runner that is ready, and waits until the healthy webhooks have theirs. */
export async function runDispatch(
  { brokers, prefix }: Ground,
  load: DispatchLoad,
  { name, limitMs, start }: { name: string; limitMs: number; start: (work: Work) => Promise<Runner> },
): Promise<DispatchRun> {
  const receiver = await startReceiver({ kind: 'strict', ratePerSecond: 1, faults: faultsOf(load) })
  const work: Work = { brokers, prefix: prefix(name), webhooks: load.webhooks, origins: [receiver.origin] }
  const runner = await start(work)
  const wanted = healthyMessages(load)
  try {
    const startMs = machineNowMs()
    await produceWork(work, { from: 0, to: load.messages })
    const tally = await untilReceived(receiver, (so) => so.messages >= wanted, limitMs)
    const isDone = tally.messages >= wanted
    const elapsedMs = (isDone ? tally.lastMs : machineNowMs()) - startMs
    return { elapsedMs, observedMs: machineNowMs() - startMs, tally, usage: await runner.usage() }
  } finally {
    await runner.stop()
    await receiver.close()
  }
}

/** `bellhop run --stages dispatch` of a main.ts, coalescing off. */
export async function startDispatching(main: string, work: Work): Promise<Runner> {
  const config = configOf(work, { slack: { coalesce: 'off', retry_for: '30s' } })
  const bellhop = await startBellhop({ main, config, stages: 'dispatch' })
  const before = await bellhop.usage()
  return {
    async usage() {
      const { cpuSeconds, peakMb } = await bellhop.usage()
      return { cpuSeconds: cpuSeconds - before.cpuSeconds, peakMb }
    },
    stop: bellhop.stop,
  }
}

function faultsOf({ hanging, gone }: DispatchLoad): { path: string; fault: { kind: 'hang' | 'gone' } }[] {
  return Array.from({ length: hanging + gone }, (_, webhook) => ({
    path: pathOf(webhook),
    fault: { kind: webhook < hanging ? 'hang' : 'gone' },
  }))
}
