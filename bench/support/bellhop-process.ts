import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { urlOf, type Work } from './work.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** `bellhop run --stages dispatch` in a process of its own; `stop` gives the CPU and memory it used. */
export async function runBellhop(work: Work): Promise<{ stop(): Promise<string> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bellhop-bench-'))
  const file = join(folder, 'bellhop.yaml')
  await writeFile(file, configOf(work))
  const child = spawn(
    process.execPath,
    [MAIN, 'run', '-c', file, '--stages', 'dispatch', '--http', '127.0.0.1:0'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  const httpUrl = await untilReady(() => log, child)
  return {
    async stop() {
      const metrics = await (await fetch(`${httpUrl}/metrics`)).text()
      child.kill('SIGTERM')
      await exited
      await rm(folder, { recursive: true, force: true })
      const cpu = metricValue(metrics, 'process_cpu_seconds_total').toFixed(1)
      const memory = Math.round(metricValue(metrics, 'process_resident_memory_bytes') / 1_048_576)
      return `${cpu} s CPU, ${memory} MB`
    },
  }
}

async function untilReady(log: () => string, child: { exitCode: number | null }): Promise<string> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`bellhop ended:\n${log()}`)
    const url = /health and metrics on (http:[^"\s]+)/.exec(log())?.[1]
    if (url !== undefined && (await fetch(`${url}/readyz`)).ok) return url
    await delay(50)
  }
}

function metricValue(metrics: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1])
}

function configOf(work: Work): string {
  const destinations = Array.from(
    { length: work.webhooks },
    (_, webhook) => `  w${webhook}: { webhook_url: "${urlOf(work, webhook)}" }`,
  )
  return `
kafka:
  brokers: ${JSON.stringify(work.brokers)}
  prefix: ${work.prefix}
  events: [{ topic: ${work.prefix}.events }]
slack:
  allow_origins: ["${work.simulator.origin}"]
  coalesce: off
  retry_for: 30s
destinations:
${destinations.join('\n')}
actions:
  - { id: bench, trigger: 'event = "never"', destination: w0, message: never }
`
}
