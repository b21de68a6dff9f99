import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lockFolder } from '../../src/local/folder-lock.ts'

let folder: string
const children: { kill(signal: 'SIGKILL'): boolean }[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellhop-test-lock-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

it('is taken once, released and taken again', async () => {
  const first = await lockFolder(folder)
  if (first.kind !== 'locked') throw new Error('not locked')
  await first.release()

  expect(await readdir(folder)).toEqual([])
  expect((await lockFolder(folder)).kind).toBe('locked')
})

it('is refused while a supervisor or its broker runs, and says which process it is', async () => {
  const pid = await running('bellhop-kafka')
  await writeFile(join(folder, 'broker.lock'), `999999999\n${pid}\n`)

  expect(await lockFolder(folder)).toEqual({ kind: 'in_use', pid })
})

it('is refused for a process that was added', async () => {
  const first = await lockFolder(folder)
  const pid = await running('kafka.Kafka')
  if (first.kind === 'locked') await first.add(pid)

  expect(await lockFolder(folder)).toEqual({ kind: 'in_use', pid })
})

it.each([
  ['names a process that is gone', '999999999\n'],
  ['names a process that is another program now', `${process.pid}\n`],
  ['is empty', ''],
  ['is no lock at all', 'x y z\n'],
])('replaces a lock that %s', async (_what, content) => {
  await writeFile(join(folder, 'broker.lock'), content)

  expect((await lockFolder(folder)).kind).toBe('locked')
})

/** A process with this word in its command line. */
async function running(word: string): Promise<number> {
  const child = spawn('sh', ['-c', 'echo up; while :; do sleep 1; done', word], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  children.push(child)
  await once(child.stdout, 'data')
  return child.pid ?? 0
}
