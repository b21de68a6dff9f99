import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { askBroker } from '../../src/local/broker-answers.ts'
import { findJava } from '../../src/local/java.ts'
import type { LocalKafka } from '../../src/local/local-kafka.ts'
import { type StartOptions, startLocalKafka } from '../../src/local/start-local-kafka.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'

const PARENT = fileURLToPath(new URL('./kafka-parent.ts', import.meta.url))

let folder: string
let lines: string[]
const started: LocalKafka[] = []
const processes = useProcesses()
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellhop-test-java-kafka-'))
  lines = []
})
afterEach(async () => {
  await Promise.all(started.splice(0).map((kafka) => kafka.stop()))
  await rm(folder, { recursive: true, force: true })
})

const java = await findJava(process.env)

if (java.kind === 'none') {
  it('says which Java is needed where there is none', async () => {
    await expect(start({})).rejects.toThrow(java.reason)
  })
} else {
  it('leaves no process, no port and no folder when its parent is killed with kill -9', async () => {
    const parent = processes.node([PARENT], { env: { TMPDIR: folder } })
    const [, brokers = '', pid] = await parent.line(/^(\S+:\d+) (\d+)$/)
    expect((await ask(brokers))?.brokers).toBe(1)
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^bellhop-kafka-/)])
    parent.kill('SIGKILL')

    await eventually('the broker is gone', () => !isAlive(Number(pid)))
    await eventually('its folder is gone', async () => (await readdir(folder)).length === 0)
    expect(await ask(brokers)).toBeNull()
  })

  it('serves the same cluster at the same address after a crash and a restart, and tells when it dies', async () => {
    const kafka = await start({})
    const before = await ask(kafka.brokers)
    const { brokers, pid } = kafka
    await kafka.kill()
    expect(kafka.pid).toBeNull()
    expect(await ask(brokers)).toBeNull()
    await kafka.restart()

    expect(kafka.pid).not.toBe(pid)
    expect(await ask(brokers)).toEqual(before)

    process.kill(kafka.pid ?? 0, 'SIGKILL')
    const end = await kafka.ended
    expect(end).toEqual({ how: 'died', detail: 'signal SIGKILL', log: expect.any(Array) })
    expect(end.how === 'died' && end.log.length).toBeGreaterThan(0)
  })

  it('keeps what is in its data folder, which only one broker at a time can use', async () => {
    const dataDir = join(folder, 'données et topics')
    const first = await start({ dataDir })
    const identity = await ask(first.brokers)

    await expect(start({ dataDir })).rejects.toMatchObject({
      code: 'no_local_kafka',
      message: `another Kafka is using ${dataDir}: end it, or choose another folder with --data`,
    })
    expect(await ask(first.brokers)).toEqual(identity)

    await first.stop()
    expect(await first.ended).toEqual({ how: 'stopped' })
    expect(existsSync(join(dataDir, 'broker.log'))).toBe(true)

    const second = await start({ dataDir })
    expect((await ask(second.brokers))?.clusterId).toBe(identity?.clusterId)
  })

  it('refuses a port that is taken', async () => {
    const kafka = await start({})
    const port = Number(kafka.brokers.split(':')[1])

    await expect(start({ port })).rejects.toMatchObject({ code: 'port_taken' })
  })

  it('says what is wrong with a data folder that is a file', async () => {
    const dataDir = join(folder, 'file')
    await writeFile(dataDir, '')

    await expect(start({ dataDir })).rejects.toThrow(/^Kafka in .*\/file ended with Error: EEXIST/)
  })

  it('ends a start that is aborted, leaving nothing', async () => {
    const abort = new AbortController()
    const starting = start({ dataDir: join(folder, 'data'), signal: abort.signal })
    await eventually('the broker is starting', () => existsSync(join(folder, 'data', 'broker.log')))
    abort.abort(new Error('Ctrl-C'))

    await expect(starting).rejects.toThrow('Ctrl-C')
  })
}

async function start(options: Partial<StartOptions>): Promise<LocalKafka> {
  const kafka = await startLocalKafka({
    engines: ['java'],
    progress: (line) => void lines.push(line),
    ...options,
  })
  started.push(kafka)
  return kafka
}

async function ask(brokers: string) {
  const [host = '', port] = brokers.split(':')
  return askBroker({ host, port: Number(port) }, 2_000)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
