import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Admin } from 'kafkajs'
import { topicNames } from '../../src/core/topic-names.ts'
import type { EventsTopic } from './match-events.ts'
import { machineNowMs } from './tally.ts'
import { usageOf } from './usage.ts'
import { benchKafka } from './work.ts'

/** One reading of the topic, from the moment its reader may fetch to the last event. */
export interface ReadThrough {
  elapsedMs: number
  /** Of the reader alone. */
  cpuSeconds: number
}

const LIMIT_MS = 300_000
const POLL_MS = 10
const BARE = fileURLToPath(new URL('match-bare.ts', import.meta.url))

/** The bare loop in a process of its own; `groupId` is a new one. */
export async function readBare(settings: EventsTopic & { groupId: string }): Promise<ReadThrough> {
  const child = start([BARE, JSON.stringify(settings)], 'pipe')
  try {
    await child.said('reading\n')
    const begun = await child.mark()
    await child.said('done\n')
    return begun.until(await child.mark())
  } finally {
    await child.stop()
  }
}

/** `bellhop run --stages match` in a process of its own, until its offsets are committed to the end. */
export async function readWithBellhop(
  { brokers, topic, registryUrl }: EventsTopic,
  { main, prefix, actions }: { main: string; prefix: string; actions: readonly object[] },
): Promise<ReadThrough> {
  const folder = await mkdtemp(join(tmpdir(), 'bellhop-bench-'))
  const file = join(folder, 'bellhop.yaml')
  const format = registryUrl === null ? 'json' : 'avro'
  const config = {
    kafka: { brokers, prefix, events: [{ topic, format, start: 'earliest' }] },
    ...(registryUrl === null ? {} : { registry: { url: registryUrl } }),
    destinations: { nowhere: { type: 'blackhole' } },
    actions,
  }
  await writeFile(file, JSON.stringify(config))
  const options = ['--stages', 'match', '--http', '127.0.0.1:0', '--log-level', 'debug']
  const child = start([main, 'run', '-c', file, ...options], 'ignore')
  const admin = benchKafka({ brokers }).admin()
  await admin.connect()
  try {
    await child.said('match reads ')
    const begun = await child.mark()
    await untilCommitted(admin, { topic, groupId: topicNames(prefix).matchGroup, isAlive: child.isAlive })
    return begun.until(await child.mark())
  } finally {
    await child.stop()
    await admin.disconnect()
    await rm(folder, { recursive: true, force: true })
  }
}

async function untilCommitted(
  admin: Admin,
  { topic, groupId, isAlive }: { topic: string; groupId: string; isAlive(): boolean },
): Promise<void> {
  const ends = await admin.fetchTopicOffsets(topic)
  const startedMs = performance.now()
  for (;;) {
    const [found] = await admin.fetchOffsets({ groupId, topics: [topic] })
    const committed = new Map(found?.partitions.map(({ partition, offset }) => [partition, Number(offset)]))
    if (ends.every(({ partition, high }) => (committed.get(partition) ?? 0) >= Number(high))) return
    if (!isAlive()) throw new Error('bellhop ended')
    if (performance.now() - startedMs > LIMIT_MS)
      throw new Error('bellhop does not reach the end of the topic')
    await delay(POLL_MS)
  }
}

interface Mark {
  until(later: Mark): ReadThrough
  atMs: number
  cpuSeconds: number
}

interface Reader {
  /** Resolves once it has written this; throws where it ends without. */
  said(text: string): Promise<void>
  /** Now. */
  mark(): Promise<Mark>
  isAlive(): boolean
  stop(): Promise<void>
}

function start(args: readonly string[], stdout: 'pipe' | 'ignore'): Reader {
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', ...args], {
    stdio: ['ignore', stdout, 'pipe'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const log = collect(child)
  return {
    async said(text) {
      await log.until(text)
    },
    async mark() {
      const atMs = machineNowMs()
      const { cpuSeconds } = await usageOf(child.pid ?? 0)
      return {
        atMs,
        cpuSeconds,
        until: (later) => ({ elapsedMs: later.atMs - atMs, cpuSeconds: later.cpuSeconds - cpuSeconds }),
      }
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      child.kill('SIGTERM')
      await exited
      process.off('exit', kill)
    },
  }
}

/** What a process writes, searched as it comes. */
function collect(child: ChildProcess): { until(text: string): Promise<void> } {
  let written = ''
  let look = (): void => {}
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      written = `${written}${text}`.slice(-LOG_LIMIT)
      look()
    })
  }
  return {
    until: (text) =>
      new Promise((resolve, reject) => {
        child.once('exit', () => reject(new Error(`ended before it said "${text}":\n${written}`)))
        look = () => {
          if (written.includes(text)) resolve()
        }
        look()
      }),
  }
}

const LOG_LIMIT = 100_000
