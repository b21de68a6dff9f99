import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { startProcess } from '../../../src/demo/processes/bellhop-process.ts'
import { ProcessDied, startFleet } from '../../../src/demo/processes/fleet.ts'
import type { LogLine } from '../../../src/demo/processes/log-line.ts'
import { eventually } from '../../support/eventually.ts'
import { useProcesses } from '../../support/processes.ts'

/** A command that runs until it is told to stop, and needs no Kafka. */
const FOREVER = ['simulator', '--port', '0']
const MODULE = new URL('../../../src/demo/processes/bellhop-process.ts', import.meta.url).href
const processes = useProcesses()

const isServed = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  )

describe('a process of the demo', () => {
  it('is stopped in order, with what it printed', async () => {
    const started = startProcess({ name: 'it', args: FOREVER, env: process.env, onLine: () => undefined })
    await eventually('an address', () => /http:\/\/127\.0\.0\.1:\d+/.test(started.output))
    await started.stop()
    expect(await started.ended).toBe('exit code 0')
  })

  it('is killed at once', async () => {
    const started = startProcess({ name: 'it', args: FOREVER, env: process.env, onLine: () => undefined })
    await started.kill()
    expect(await started.ended).toBe('signal SIGKILL')
    await started.kill()
  })

  it('tells what it logged, and keeps its last words', async () => {
    const lines: LogLine[] = []
    const args = ['check', '-c', '/nowhere/bellhop.yaml']
    const started = startProcess({ name: 'it', args, env: process.env, onLine: (line) => lines.push(line) })
    expect(await started.ended).toMatch(/^exit code [12]$/)
    expect(started.lastLines().join('\n')).toContain('/nowhere/bellhop.yaml')
    expect(lines.length).toBeGreaterThan(0)
  })

  it('ends with who started it, even by kill -9', async () => {
    const script = `
      import { startProcess } from ${JSON.stringify(MODULE)}
      const it = startProcess({ name: 'it', args: ${JSON.stringify(FOREVER)}, env: process.env, onLine: () => {} })
      setInterval(() => { if (it.output !== '') console.log(it.output.trim()) }, 20)`
    const parent = processes.node(['--input-type=module', '-e', script])
    const [url = ''] = await parent.line(/http:\/\/127\.0\.0\.1:\d+/)
    expect(await isServed(url)).toBe(true)
    parent.kill('SIGKILL')
    await eventually('the end of its child', async () => !(await isServed(url)))
  })
})

describe('the processes of the demo', () => {
  it('end the demo with their last words where one ends by itself', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'bellhop-fleet-'))
    const configFile = path.join(folder, 'bellhop.yaml')
    await writeFile(configFile, 'kafka: {brokers: x:1, events: [t]}\nnonsense: 1\n')
    const starting = startFleet({
      configFile,
      dispatchTopic: 'x.dispatch',
      env: process.env,
      logLevel: null,
      show: () => undefined,
      plain: (text) => text.replaceAll('nonsense', '(masked)'),
      signal: new AbortController().signal,
    })
    const died = await starting.then(
      () => null,
      (error: unknown) => error,
    )
    await rm(folder, { recursive: true })
    expect(died).toBeInstanceOf(ProcessDied)
    expect(String(died)).toMatch(/process [12] of the demo ended with exit code 2\. It said last:\n {2}/)
    expect(String(died)).toContain('(masked)')
    expect(String(died)).not.toContain('nonsense')
  })
})
