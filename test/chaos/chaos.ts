import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kafka } from 'kafkajs'
import type { SlackSimulator } from '../../src/demo/simulator/server.ts'
import { sleep, systemClock } from '../../src/system.ts'
import { quietKafka } from '../support/read-topic.ts'
import { type ChaosBroker, startBroker } from './broker.ts'
import type { Evidence, Request } from './evidence.ts'
import type { FaultKind } from './fault-kinds.ts'
import { Fleet } from './fleet.ts'
import { judge } from './ledger.ts'
import { type Plan, planChaos, SESSION_TIMEOUT_MS } from './plan.ts'
import { type ChaosReport, seconds, unproved } from './report.ts'
import { configOf, EVENTS_PARTITIONS, FaultCount, openSlack } from './scene.ts'
import { strikeAll } from './strikes.ts'
import { openTail, type Tail } from './tail.ts'
import { startTraffic } from './traffic.ts'

/**
 * A chaos run: a broker of its own, several `bellhop run` processes on one group, the strict simulator, and the
 * faults of a plan. When all is over, the ledger judges what was produced against what arrived and is on record.
 * Whatever happens, nothing of it is left running; the processes' logs stay where the run failed.
 */
export interface ChaosOptions {
  seed: number
  minutes: number
  /** Takes one line for a person at a time. */
  print: (line: string) => void
  signal: AbortSignal
  /** Another bellhop to run than this checkout's. */
  main?: string
  /** Left out: every kind of fault. */
  only?: readonly FaultKind[]
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const nowMs = (): number => performance.now()
/** From the last message's end to the stop: what comes late would come then. */
const QUIET_MS = 1_000
const TURN_MS = 100
const TURNS_A_LINE = 50

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, minutes, print } = options
  const startedMs = nowMs()
  print(`seed ${seed}: repeat with npm run chaos -- --seed ${seed} --minutes ${minutes}`)
  const plan = planChaos(options)
  const folder = await mkdtemp(join(tmpdir(), 'bellhop-chaos-'))
  let passed = false
  const closers = new AsyncDisposableStack()
  try {
    const slack = closers.adopt(await openSlack(plan), (opened) => opened.close())
    const broker = closers.adopt(await startBroker(options.signal), (started) => started.stop())
    const ran = await run({ ...options, plan, startedMs, folder, slack, broker }, closers)
    const findings = [...ran.fleet.findings, ...ran.verdict.findings, ...unproved(ran.count.rows())]
    passed = findings.length === 0
    const { verdict, drainedMs } = ran
    return { passed, findings, verdict, faults: ran.count.rows(), tookMs: nowMs() - startedMs, drainedMs }
  } finally {
    await closers.disposeAsync()
    if (passed || options.signal.aborted) await rm(folder, { recursive: true, force: true })
    else print(`the processes' logs are in ${folder}`)
  }
}

interface Setting extends ChaosOptions {
  plan: Plan
  startedMs: number
  folder: string
  slack: SlackSimulator
  broker: ChaosBroker
}

interface Ran {
  fleet: Fleet
  verdict: ReturnType<typeof judge>
  count: FaultCount
  drainedMs: number
}

async function run(setting: Setting, closers: AsyncDisposableStack): Promise<Ran> {
  const { plan, folder, slack, broker, signal, print } = setting
  const { brokers } = broker
  const prefix = `chaos-${randomUUID().slice(0, 8)}`
  const kafka = quietKafka([brokers])
  await createEventsTopic(kafka, `${prefix}.events`)
  const configFile = join(folder, 'bellhop.yaml')
  await writeFile(configFile, configOf({ plan, brokers, prefix, origin: slack.origin }))
  const { main = MAIN } = setting
  const fleet = new Fleet({ main, configFile, folder, places: plan.processes, nowMs, signal })
  const killAll = (): void => fleet.killAll()
  process.once('exit', killAll)
  closers.defer(() => {
    killAll()
    process.off('exit', killAll)
  })
  await fleet.start()

  print(
    `${plan.processes} processes work after ${seconds(nowMs() - setting.startedMs)}; ${plan.faults.length} faults in ${plan.produceForMs / 1_000} s:`,
  )
  const planStartedMs = nowMs()
  const elapsedMs = (): number => nowMs() - planStartedMs
  const traffic = await startTraffic({ kafka, topic: `${prefix}.events`, plan, elapsedMs })
  closers.defer(() => traffic.stop())
  const count = new FaultCount(plan)
  const targets = { plan, slack, fleet, broker, traffic, count, elapsedMs, nowMs, signal, print }
  const strikes = await strikeAll(targets)
  await traffic.stop()
  signal.throwIfAborted()

  const epochMs = systemClock.nowMs() - nowMs()
  const tail = await openTail({ kafka, prefix, toMonotonicMs: (atMs) => atMs - epochMs })
  closers.defer(() => tail.close())
  const drainedMs = await drain(tail, setting)
  await fleet.stop()
  await tail.caughtUp(30_000)
  const evidence = gather({ plan, slack, tail, disruptions: [...strikes.disruptions, ...fleet.disruptions] })
  return { fleet, verdict: judge(evidence), count, drainedMs }
}

async function createEventsTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: EVENTS_PARTITIONS }], waitForLeaders: true })
  await admin.disconnect()
}

/** Waits until every message has ended, or time is up: then the ledger names those that have not. */
async function drain(tail: Tail, { plan, signal, print }: Setting): Promise<number> {
  const startedMs = nowMs()
  await tail.caughtUp(60_000)
  const tell = (): void => {
    const left = [...Map.groupBy(tail.unfinished(), ({ webhook }) => webhook)]
      .map(([webhook, messages]) => ({ webhook, count: messages.length }))
      .sort((a, b) => b.count - a.count)
    const most = left.slice(0, 4).map(({ webhook, count }) => `${webhook} ${count}`)
    const total = tail.unfinished().length
    print(
      `${seconds(nowMs() - startedMs)} after the faults, ${total} messages have not ended: ${most.join(', ')}`,
    )
  }
  for (let turn = 0; tail.unfinished().length > 0 && nowMs() - startedMs < plan.drainWithinMs; turn++) {
    signal.throwIfAborted()
    if (turn % TURNS_A_LINE === 0) tell()
    await sleep(TURN_MS, signal)
  }
  if (tail.unfinished().length > 0) tell()
  const tookMs = nowMs() - startedMs
  await sleep(QUIET_MS, signal)
  signal.throwIfAborted()
  return tookMs
}

function gather(of: {
  plan: Plan
  slack: SlackSimulator
  tail: Tail
  disruptions: Evidence['disruptions']
}): Evidence {
  const { plan, slack, tail, disruptions } = of
  const requests = slack.requests().map((request): Request => {
    const { payload, fault, ...rest } = request
    return {
      ...rest,
      text: payload?.text ?? null,
      faulted: fault !== null,
      ending: slack.ending(request.seq),
    }
  })
  const { expected, queued, ends, letters } = tail
  const { webhooks } = plan
  return {
    webhooks,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    expected,
    queued,
    requests,
    ends,
    letters,
    disruptions,
  }
}
