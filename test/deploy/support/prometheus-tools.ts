/** Debian's prometheus and promtool. Without them what they say is not tested. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { close, listen } from '../../../src/demo/listen.ts'
import { eventually } from '../../support/eventually.ts'

/** Whether a program is installed; where it is not, says once what is not tested for that reason. */
export function isInstalled(program: string, untested: string): boolean {
  const found = spawnSync(program, ['--version']).error === undefined
  if (!found) process.stderr.write(`${untested}: there is no ${program} here\n`)
  return found
}

/** Its exit code and all that it printed. */
export async function promtool(
  args: readonly string[],
  stdin = '',
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile('promtool', args, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr })
    })
    child.stdin?.end(stdin)
  })
}

export interface Sample {
  labels: Record<string, string>
  /** NaN where the query gives none. */
  value: number
}

export interface Rule {
  name: string
  state: string
  health: string
  lastError?: string | undefined
}

export interface Prometheus {
  /** Of an instant query, now. Rejects with what Prometheus says is wrong with it. */
  query(promql: string): Promise<Sample[]>
  /** The alerts of its rule files, each evaluated at least once or with health `unknown`. */
  rules(): Promise<Rule[]>
  stop(): Promise<void>
}

const QUERIED = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
})
const RULES = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            name: z.string(),
            state: z.string(),
            health: z.string(),
            lastError: z.string().optional(),
          }),
        ),
      }),
    ),
  }),
})

/** A Prometheus with this configuration, whose data is gone when it is stopped. */
export async function startPrometheus(configFile: string): Promise<Prometheus> {
  const data = await mkdtemp(join(tmpdir(), 'bellhop-prometheus-'))
  const address = `127.0.0.1:${await freePort()}`
  const child = spawn(
    'prometheus',
    [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const endWithUs = (): void => void child.kill('SIGKILL')
  process.once('exit', endWithUs)
  const stop = async (): Promise<void> => {
    process.off('exit', endWithUs)
    await end(child)
    await rm(data, { recursive: true, force: true })
  }
  const ready = eventually('Prometheus is ready', async () => {
    if (child.exitCode !== null) return 'ended'
    return (await fetch(`http://${address}/-/ready`)).ok && 'ready'
  })
  if ((await ready.catch(() => 'late')) !== 'ready') {
    await stop()
    throw new Error(`Prometheus did not start: ${said}`)
  }
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://${address}/api/v1/${path}`)
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return response.json()
  }
  return {
    async query(promql) {
      const { data } = QUERIED.parse(await get(`query?query=${encodeURIComponent(promql)}`))
      return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
    },
    async rules() {
      return RULES.parse(await get('rules?type=alert')).data.groups.flatMap(({ rules }) => rules)
    },
    stop,
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/** Another process may take it before we do; then Prometheus says so and ends. */
async function freePort(): Promise<number> {
  const server = createServer()
  const { port } = new URL(await listen(server, { host: '127.0.0.1', port: 0 }))
  await close(server)
  return Number(port)
}
