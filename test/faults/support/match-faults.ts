import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'
import { type Random, seededRandom } from '../../../src/core/random.ts'
import type { DispatchRecord } from '../../../src/core/records.ts'
import { eventually } from '../../support/eventually.ts'
import type { RunningProcess } from '../../support/processes.ts'
import { quietKafka, readTopic } from '../../support/read-topic.ts'
import { type FoundMessage, type Judgement, judge } from './judge.ts'
import { produceProbes } from './probe-events.ts'

/**
 * Runs two match processes on one group under load, kills and freezes them at random points, and judges the
 * dispatch topic afterwards, read committed.
 */
export interface FaultRun {
  brokers: readonly string[]
  seed: number
  kills: number
  freezes: number
  /** Starts a match process over the configuration file. */
  start(configFile: string): RunningProcess
  print(line: string): void
}

export interface FaultReport extends Judgement {
  /** Faults that hit inside an open transaction: what it had written is in the log, aborted. */
  insideTransaction: number
  events: number
}

type Fault = 'kill' | 'freeze'

const SESSION_TIMEOUT_MS = 6_000
const PARTITIONS = 6
const EVENTS_PER_SECOND = 2_000
const DESTINATIONS = ['left', 'right']

export async function runFaults(run: FaultRun): Promise<FaultReport> {
  const random = seededRandom(run.seed)
  const kafka = quietKafka(run.brokers)
  const prefix = `faults-${randomUUID().slice(0, 8)}`
  const folder = await mkdtemp(join(tmpdir(), 'bellhop-faults-'))
  const configFile = join(folder, 'bellhop.yaml')
  await writeFile(configFile, configText(run.brokers, prefix))
  try {
    const members = new Members(() => run.start(configFile))
    await members.begin()
    const probes = await produceProbes(kafka, { topic: `${prefix}.events`, perSecond: EVENTS_PER_SECOND })
    const faults = shuffled([...Array(run.kills).fill('kill'), ...Array(run.freezes).fill('freeze')], random)
    const times: number[] = []
    for (const [nth, fault] of faults.entries()) {
      await delay(300 + random() * 1_500)
      times.push(Date.now())
      await (fault === 'kill' ? members.kill(random) : members.freeze(random))
      run.print(`${nth + 1}/${faults.length} ${fault}: the other process took over`)
    }
    run.print(`faults at ${times.join(' ')}`)
    const events = await probes.stop()
    const records = await messagesWhenComplete({ kafka, prefix, events })
    await members.end()
    const insideTransaction = await faultsInsideTransactions({ kafka, prefix, times })
    return { ...judge(events, DESTINATIONS, records), insideTransaction, events }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Two processes; one is hit, the other takes over, and the first comes back. */
class Members {
  readonly #start: () => RunningProcess
  readonly #members: RunningProcess[] = []

  constructor(start: () => RunningProcess) {
    this.#start = start
  }

  async begin(): Promise<void> {
    for (const _ of [0, 1]) {
      const member = this.#start()
      await member.line(/"event":"groupJoined"/)
      this.#members.push(member)
    }
    await this.#bothWork()
  }

  async kill(random: Random): Promise<void> {
    const [victim, survivor] = this.#draw(random)
    const joins = joinsOf(survivor).length
    victim.kill('SIGKILL')
    await victim.exited()
    await eventually('the survivor has every partition', () => ownsAll(survivor, joins), { withinMs: 60_000 })
    const replacement = this.#start()
    this.#members.splice(this.#members.indexOf(victim), 1, replacement)
    await this.#bothWork()
  }

  async freeze(random: Random): Promise<void> {
    const [victim, survivor] = this.#draw(random)
    const joins = joinsOf(survivor).length
    victim.kill('SIGSTOP')
    await eventually('the survivor has every partition', () => ownsAll(survivor, joins), { withinMs: 60_000 })
    await delay(500 + random() * 1_000)
    victim.kill('SIGCONT')
    await this.#bothWork()
  }

  async end(): Promise<void> {
    for (const member of this.#members) member.kill('SIGTERM')
    for (const member of this.#members) {
      const { code } = await member.exited()
      if (code !== 0) throw new Error(`a match process ended with ${code}:\n${member.stderr.slice(-2_000)}`)
    }
  }

  #draw(random: Random): [RunningProcess, RunningProcess] {
    const [first, second] = this.#members
    if (first === undefined || second === undefined) throw new Error('both members should be there')
    return random() < 0.5 ? [first, second] : [second, first]
  }

  async #bothWork(): Promise<void> {
    const shared = (): boolean => this.#members.every((member) => joinsOf(member).at(-1) === PARTITIONS / 2)
    try {
      await eventually('both processes share the partitions', shared, { withinMs: 60_000 })
    } catch (error) {
      const told = this.#members.map(({ pid, stderr }) => `process ${pid}:\n${stderr.slice(-4_000)}`)
      throw new Error(`${String(error)}\n${told.join('\n')}`)
    }
  }
}

/** How many partitions each assignment so far gave to the process. */
function joinsOf(member: RunningProcess): number[] {
  return [...member.stderr.matchAll(/"event":"groupJoined".*?"partitions":(\d+)/g)].map((found) =>
    Number(found[1]),
  )
}

function ownsAll(member: RunningProcess, joinsBefore: number): boolean {
  return joinsOf(member).slice(joinsBefore).includes(PARTITIONS)
}

interface Finished {
  kafka: Kafka
  prefix: string
  events: number
}

/** The messages, once the processes have caught up: nothing more comes for two seconds. */
async function messagesWhenComplete({ kafka, prefix, events }: Finished): Promise<FoundMessage[]> {
  let before = -1
  let found: FoundMessage[] = []
  const deadlineMs = Date.now() + 90_000
  while (Date.now() < deadlineMs) {
    found = (await readTopic(kafka, `${prefix}.dispatch`)).flatMap(
      ({ value, partition, offset, timestamp }) => {
        if (value === null) return []
        const record: DispatchRecord = JSON.parse(value.toString())
        const at = `${record.id} at ${partition}/${offset}, written ${timestamp}`
        return [{ text: record.message.text, destination: record.destination, at }]
      },
    )
    const { missing } = judge(events, DESTINATIONS, found)
    if (missing.length === 0 || found.length === before) return found
    before = found.length
    await delay(2_000)
  }
  return found
}

/** A fault counts where the log holds aborted records that were written between the fault before and this one. */
async function faultsInsideTransactions(at: {
  kafka: Kafka
  prefix: string
  times: number[]
}): Promise<number> {
  const topic = `${at.prefix}.dispatch`
  const committed = new Set(
    (await readTopic(at.kafka, topic)).map(({ partition, offset }) => `${partition}/${offset}`),
  )
  const all = await readTopic(at.kafka, topic, { uncommitted: true })
  const aborted = all.filter(({ partition, offset }) => !committed.has(`${partition}/${offset}`))
  const writtenAt = aborted.map(({ timestamp }) => Number(timestamp))
  return at.times.filter((time, nth) =>
    writtenAt.some((written) => written <= time + 50 && written > (at.times[nth - 1] ?? 0) + 50),
  ).length
}

function shuffled(faults: Fault[], random: Random): Fault[] {
  return faults
    .map((fault) => ({ fault, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ fault }) => fault)
}

function configText(brokers: readonly string[], prefix: string): string {
  return `
kafka:
  brokers: [${brokers.map((broker) => JSON.stringify(broker)).join(', ')}]
  prefix: ${prefix}
  session_timeout: ${SESSION_TIMEOUT_MS}ms
  events:
    - { topic: ${prefix}.events, start: earliest }
  topics: { partitions: ${PARTITIONS} }
destinations:
  left: { type: blackhole }
  right: { type: blackhole }
actions:
  - id: probe
    trigger: type = "track" and event = "Probe Matched"
    destination: [left, right]
    message: "{{ $.properties.n }}"
`
}
