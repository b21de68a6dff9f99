import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Usage, usageOf } from './usage.ts'

/** `bellhop run` in a process of its own. */
export interface Bellhop {
  usage(): Promise<Usage>
  metrics(): Promise<string>
  /** SIGTERM, and as long as that takes. */
  stop(): Promise<void>
}

export interface BellhopSettings {
  /** The main.ts to run. */
  main: string
  /** Written as JSON, which is YAML. */
  config: object
  /** Left out: all. */
  stages?: 'dispatch'
}

export const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Resolves once it is ready. */
export async function startBellhop({ main, config, stages }: BellhopSettings): Promise<Bellhop> {
  const folder = await mkdtemp(join(tmpdir(), 'bellhop-bench-'))
  const file = join(folder, 'bellhop.yaml')
  await writeFile(file, JSON.stringify(config))
  const args = ['run', '-c', file, '--http', '127.0.0.1:0', ...(stages ? ['--stages', stages] : [])]
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', main, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = `${log}${text}`.slice(-LOG_LIMIT)
  })
  const http = await untilReady(() => log, child)
  return {
    usage: () => usageOf(child.pid ?? 0),
    metrics: async () => (await fetch(`${http}/metrics`)).text(),
    async stop() {
      child.kill('SIGTERM')
      await exited
      process.off('exit', kill)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const LOG_LIMIT = 1_000_000

async function untilReady(log: () => string, child: { exitCode: number | null }): Promise<string> {
  let http: string | undefined
  for (;;) {
    if (child.exitCode !== null) throw new Error(`bellhop ended:\n${log()}`)
    http ??= /"http":"(http:[^"\s]+)"/.exec(log())?.[1]
    if (http !== undefined && (await fetch(`${http}/readyz`)).ok) return http
    await delay(50)
  }
}
