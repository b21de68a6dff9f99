import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type KafkaCommandOptions, kafkaCommand } from '../../src/cli/kafka.ts'
import { askBroker } from '../../src/local/broker-answers.ts'
import { findJava } from '../../src/local/java.ts'
import { freePorts } from '../../src/local/ports.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'

let folder: string
let interrupt: AbortController
const commands: Promise<unknown>[] = []
const processes = useProcesses()
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellhop-test-cli-kafka-'))
  interrupt = new AbortController()
})
afterEach(async () => {
  interrupt.abort()
  await Promise.allSettled(commands.splice(0))
  await rm(folder, { recursive: true, force: true })
})

const java = await findJava(process.env)

if (java.kind === 'none') {
  it('says what is missing where there is no Java, and no Docker either', async () => {
    const run = start({}, { DOCKER_HOST: 'unix:///nowhere/docker.sock' })

    await expect(run.exitCode).rejects.toThrow(java.reason)
  })
} else {
  it.each([
    'SIGINT',
    'SIGTERM',
    'SIGHUP',
  ] as const)('prints its address, and ends on %s with nothing left', async (signal) => {
    const [port = 0] = await freePorts(1)
    const kafka = processes.bellhop(['kafka', '--port', `${port}`, '--data', join(folder, 'data')])
    await kafka.line(/^KAFKA_BROKERS=/)

    expect(await askBroker({ host: '127.0.0.1', port }, 1_000)).toMatchObject({ brokers: 1 })
    expect(await javaProcessesIn(folder)).toHaveLength(1)
    kafka.kill(signal)

    expect(await kafka.exited()).toEqual({ code: 0, signal: null })
    expect(kafka.stdout).toBe(`KAFKA_BROKERS=127.0.0.1:${port}\n`)
    expect(await javaProcessesIn(folder)).toEqual([])
    expect(await askBroker({ host: '127.0.0.1', port }, 1_000)).toBeNull()
  })

  it('keeps its data in the user’s data folder, and ends with 1 and the log when the broker dies', async () => {
    const run = start({})
    await eventually('the address is printed', () => run.stdout(), { withinMs: 60_000 })
    expect(run.stdout()).toMatch(/^KAFKA_BROKERS=127\.0\.0\.1:\d+\n$/)
    expect(existsSync(join(folder, 'bellhop', 'kafka', 'topics', 'meta.properties'))).toBe(true)
    const [pid = 0] = await javaProcessesIn(folder)
    process.kill(pid, 'SIGKILL')

    expect(await run.exitCode).toBe(1)
    expect(run.stderr()).toMatch(
      /\nKafka ended by itself with signal SIGKILL; its log ends with:\n {2}\d{4}-/,
    )
  })

  it('refuses a port that is taken', async () => {
    const [port = 0] = await freePorts(1)
    const other = createServer().listen(port, '127.0.0.1')
    const run = start({ port })

    await expect(run.exitCode).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringContaining(`${port}`),
    })
    expect(run.stdout()).toBe('')
    other.close()
  })

  it('ends with 0 when it is interrupted while Kafka starts', async () => {
    const run = start({ data: join(folder, 'data') })
    await eventually('Kafka is starting', () => existsSync(join(folder, 'data', 'broker.log')), {
      withinMs: 60_000,
    })
    interrupt.abort()

    expect(await run.exitCode).toBe(0)
    expect(run.stdout()).toBe('')
    expect(await javaProcessesIn(folder)).toEqual([])
  })
}

function start(options: KafkaCommandOptions, env: Record<string, string> = {}) {
  let stdout = ''
  let stderr = ''
  const exitCode = kafkaCommand(options, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    signal: interrupt.signal,
    env: { ...process.env, XDG_DATA_HOME: folder, ...env },
  })
  commands.push(exitCode)
  return { exitCode, stdout: () => stdout, stderr: () => stderr }
}

/** The pids of Java processes that have this folder in their command line. */
async function javaProcessesIn(path: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,args='], { maxBuffer: 1 << 24 })
  return stdout
    .split('\n')
    .filter((line) => line.includes(path) && line.includes('java'))
    .map((line) => Number.parseInt(line, 10))
}
