import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SupervisedBroker, superviseBroker } from '../../src/local/supervised-broker.ts'
import type { SupervisorPlan } from '../../src/local/supervisor-messages.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'

const PARENT = fileURLToPath(new URL('./supervising-parent.ts', import.meta.url))

let directory: string
let broker: SupervisedBroker | null
beforeEach(() => {
  directory = join(tmpdir(), `bellhop-test-supervised-${randomUUID()}`)
  broker = null
})
afterEach(async () => {
  await broker?.stop()
  await rm(directory, { recursive: true, force: true })
})

describe('with its parent', () => {
  const processes = useProcesses()

  it.each([
    ['is killed with kill -9', (parent: { kill(signal: NodeJS.Signals): void }) => parent.kill('SIGKILL')],
    ['ends on SIGTERM', (parent: { kill(signal: NodeJS.Signals): void }) => parent.kill('SIGTERM')],
    ['ends on Ctrl-C', (parent: { kill(signal: NodeJS.Signals): void }) => parent.kill('SIGINT')],
  ])('broker and temporary folder are gone when the parent %s', async (_how, end) => {
    const parent = processes.node([PARENT, JSON.stringify(plan({ temporary: true }))])
    const pid = Number((await parent.line(/^broker (\d+)$/))[1])
    expect(isAlive(pid)).toBe(true)
    expect(existsSync(directory)).toBe(true)
    end(parent)

    await eventually('the broker is gone', () => !isAlive(pid))
    await eventually('the folder is gone', () => !existsSync(directory))
  })

  it('a folder to keep stays, and its broker has been asked to shut down', async () => {
    const run = [
      'sh',
      '-c',
      `trap 'echo done > "${directory}/shutdown"; exit 0' TERM; while :; do sleep 0.02; done`,
    ]
    const parent = processes.node([PARENT, JSON.stringify(plan({ temporary: false, run }))])
    const pid = Number((await parent.line(/^broker (\d+)$/))[1])
    parent.kill('SIGKILL')

    await eventually('the broker is gone', () => !isAlive(pid))
    expect(await readFile(join(directory, 'shutdown'), 'utf8')).toBe('done\n')
  })
})

describe('its plan', () => {
  it('is carried out in order: files, preparation, run', async () => {
    broker = superviseBroker(
      plan({
        temporary: true,
        files: [{ name: 'deep/settings', text: 'port=1' }],
        prepare: ['sh', '-c', `cp "${directory}/deep/settings" "${directory}/prepared"; echo prepared`],
        run: ['sh', '-c', `cat "${directory}/prepared"; exec sleep 1000`],
      }),
    )

    expect(await eventually('the broker runs', () => broker?.pid)).toBeGreaterThan(0)
    await eventually('both have written to the log', async () => {
      expect(await readFile(join(directory, 'broker.log'), 'utf8')).toBe('prepared\nport=1')
      return true
    })
  })

  it('adds to the log that is there', async () => {
    await mkdir(directory)
    await writeFile(join(directory, 'broker.log'), 'before\n')
    broker = superviseBroker(plan({ temporary: true, run: ['sh', '-c', 'echo after; exec sleep 1000'] }))

    await eventually('the log has both', async () => {
      expect(await readFile(join(directory, 'broker.log'), 'utf8')).toBe('before\nafter\n')
      return true
    })
  })

  it.each([
    ['the preparation fails', { prepare: ['sh', '-c', 'exit 3'] }, 'exit code 3'],
    ['the broker exits', { run: ['sh', '-c', 'exit 1'] }, 'exit code 1'],
    ['the broker is killed', { run: ['sh', '-c', 'kill -9 $$'] }, 'signal SIGKILL'],
    ['there is no such program', { run: ['/nowhere/java'] }, 'spawn /nowhere/java ENOENT'],
    [
      'a file cannot be written',
      { files: [{ name: '../../../nowhere/\0', text: '' }] },
      expect.stringContaining('ERR_INVALID_ARG_VALUE'),
    ],
  ])('ends in a death that says so when %s', async (_what, part, detail) => {
    broker = superviseBroker(plan({ temporary: true, ...part }))

    expect((await broker.died).detail).toEqual(detail)
    await broker.stop()
    expect(existsSync(directory)).toBe(false)
  })
})

describe('its folder', () => {
  it('is refused to a second broker, which touches nothing there', async () => {
    broker = superviseBroker(plan({ temporary: false, files: [{ name: 'settings', text: 'first' }] }))
    const pid = await eventually('the broker runs', () => broker?.pid)
    const second = superviseBroker(plan({ temporary: false, files: [{ name: 'settings', text: 'second' }] }))

    expect(await second.died).toEqual({
      during: 'lock',
      detail: expect.stringMatching(/^process \d+ uses it$/),
    })
    await second.stop()
    expect(await readFile(join(directory, 'settings'), 'utf8')).toBe('first')
    expect(broker.pid).toBe(pid)
  })

  it('is free again after a stop', async () => {
    const first = superviseBroker(plan({ temporary: false }))
    await eventually('the broker runs', () => first.pid)
    await first.stop()
    broker = superviseBroker(plan({ temporary: false }))

    expect(await eventually('the next one runs', () => broker?.pid)).toBeGreaterThan(0)
  })
})

describe('a running broker', () => {
  it('can be killed and run again, which is no death', async () => {
    broker = superviseBroker(plan({ temporary: true }))
    const first = await eventually('the broker runs', () => broker?.pid)
    await broker.kill()
    expect(isAlive(first)).toBe(false)
    expect(broker.pid).toBeNull()
    broker.run()
    const second = await eventually('the broker runs again', () => broker?.pid)

    expect(second).not.toBe(first)
    expect(await Promise.race([broker.died, 'alive'])).toBe('alive')
  })

  it('is stopped with everything temporary, and stopping twice does no harm', async () => {
    broker = superviseBroker(plan({ temporary: true }))
    const pid = await eventually('the broker runs', () => broker?.pid)
    await Promise.all([broker.stop(), broker.stop()])

    expect(isAlive(pid)).toBe(false)
    expect(existsSync(directory)).toBe(false)
  })

  it('is stopped while it is still being prepared', async () => {
    broker = superviseBroker(plan({ temporary: true, prepare: ['sleep', '1000'] }))
    await eventually('the folder is there', () => existsSync(join(directory, 'broker.log')))
    await broker.stop()

    expect(existsSync(directory)).toBe(false)
  })

  it('does not outlive its supervisor', async () => {
    broker = superviseBroker(plan({ temporary: true, run: ['sh', '-c', 'echo $PPID; exec sleep 1000'] }))
    const pid = await eventually('the broker runs', () => broker?.pid)
    const supervisor = Number(
      await eventually('its parent', () => readFile(join(directory, 'broker.log'), 'utf8')),
    )
    process.kill(supervisor, 'SIGKILL')

    expect((await broker.died).detail).toBe('its supervisor ended with SIGKILL')
    await eventually('the broker is gone', () => !isAlive(pid))
    expect(existsSync(directory)).toBe(false)
  })
})

function plan(part: Partial<SupervisorPlan>): SupervisorPlan {
  return {
    directory,
    temporary: true,
    files: [],
    prepare: null,
    run: ['sleep', '1000'],
    log: 'broker.log',
    ...part,
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
