import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { continueLog, lastLines, logLines } from '../../src/local/broker-log.ts'

const LOG = `12:00:00 [main] INFO KafkaConfig values:
\tadvertised.listeners = PLAINTEXT://127.0.0.1:9092
12:00:01 [main] ERROR Exiting Kafka due to fatal exception
org.apache.kafka.common.KafkaException: Failed to acquire lock
\tat kafka.Kafka.main(Kafka.scala)
Caused by: java.net.BindException: Address already in use
\t... 18 more

`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellhop-test-log-'))
  await writeFile(join(folder, 'broker.log'), LOG)
})
afterAll(() => rm(folder, { recursive: true }))

it('keeps what a person reads: no stack frames, no settings, no empty lines', async () => {
  expect(await logLines(join(folder, 'broker.log'), 0)).toEqual([
    '12:00:00 [main] INFO KafkaConfig values:',
    '12:00:01 [main] ERROR Exiting Kafka due to fatal exception',
    'org.apache.kafka.common.KafkaException: Failed to acquire lock',
    'Caused by: java.net.BindException: Address already in use',
  ])
})

it('leaves out what stood there before', async () => {
  const since = LOG.indexOf('Caused by')

  expect(await logLines(join(folder, 'broker.log'), since)).toEqual([
    'Caused by: java.net.BindException: Address already in use',
  ])
})

it.each([
  ['a log that was never written', 'none.log', 0],
  ['a log that became shorter', 'broker.log', 1_000_000],
])('has no lines for %s', async (_what, name, since) => {
  expect(await logLines(join(folder, name), since)).toEqual([])
})

it('shows twelve lines at most, and of each no more than 300 characters', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `${index} ${'x'.repeat(500)}`)
  const shown = lastLines(lines)

  expect(shown).toHaveLength(12)
  expect(shown[0]?.startsWith('8 xxx')).toBe(true)
  expect(shown[0]).toHaveLength(304)
})

describe('continueLog', () => {
  it.each([
    ['goes on where the log ends', 5_000, 5_000, ['broker.log', 'next.log']],
    ['puts a log of 16 MiB aside', 16 * 1024 * 1024, 0, ['broker.log', 'next.log.old']],
  ])('%s', async (_what, size, from, files) => {
    await writeFile(join(folder, 'next.log'), '')
    await truncate(join(folder, 'next.log'), size)

    expect(await continueLog(join(folder, 'next.log'))).toBe(from)
    expect((await readdir(folder)).toSorted()).toEqual(files)
  })

  it('begins at 0 where there is no log', async () => {
    expect(await continueLog(join(folder, 'none.log'))).toBe(0)
  })
})
