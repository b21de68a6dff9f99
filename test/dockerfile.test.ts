import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { close, listen } from '../src/demo/listen.ts'
import { PROJECT_ROOT, useProcesses } from './support/processes.ts'

const dockerfile = await readFile(`${PROJECT_ROOT}/Dockerfile`, 'utf8')
/** One instruction a line, without comments. */
const instructions = dockerfile
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')))
const processes = useProcesses()

function argumentOf(name: string): string {
  return last.findLast((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? ''
}

describe('the image', () => {
  it('runs bellhop under an init that passes signals on, as a user without rights', () => {
    expect(JSON.parse(argumentOf('ENTRYPOINT'))).toEqual(['/usr/bin/tini', '--', 'bellhop'])
    expect(JSON.parse(argumentOf('CMD'))).toEqual(['run'])
    expect(argumentOf('STOPSIGNAL')).toBe('SIGTERM')
    expect(argumentOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    expect(argumentOf('ENV')).toContain('BELLHOP_CONFIG=/etc/bellhop/bellhop.yaml')
  })

  it('has what bellhop reads while it runs, and no package that only builds it', () => {
    const copied = last
      .filter((line) => line.startsWith('COPY '))
      .map((line) => line.split(' ').slice(1, -1).at(-1))
    expect(copied).toEqual(expect.arrayContaining(['schemas', 'pages']))
    expect(copied).toEqual(expect.arrayContaining(['/build/dist', '/build/node_modules']))
    expect(last.join('\n')).toContain('COPY --from=dependencies /build/node_modules')
    expect(instructions).toContain('RUN npm ci --omit=dev --ignore-scripts')
  })

  it('copies only what .dockerignore lets through, and that is there', async () => {
    const ignore = (await readFile(`${PROJECT_ROOT}/.dockerignore`, 'utf8')).split('\n')
    const through = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1))
    const sources = instructions
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1))

    expect(ignore).toContain('*')
    expect(new Set(sources)).toEqual(new Set(through))
    for (const source of sources) await stat(`${PROJECT_ROOT}/${source}`)
  })

  it('needs a Node that package.json allows', async () => {
    const { engines } = z
      .object({ engines: z.object({ node: z.string() }) })
      .parse(parse(await readFile(`${PROJECT_ROOT}/package.json`, 'utf8')))
    const major = Number(/NODE_IMAGE=node:(\d+)-/.exec(dockerfile)?.[1])

    expect(major).toBeGreaterThanOrEqual(Number(/^>=(\d+)$/.exec(engines.node)?.[1]))
  })
})

describe('the health check', () => {
  it.each([
    { health: 'is well', status: 200, code: 0 },
    { health: 'is not', status: 503, code: 1 },
    { health: 'does not answer', status: null, code: 1 },
  ])('ends with $code where bellhop $health', async ({ status, code }) => {
    const server = createServer((_, res) => res.writeHead(status ?? 500).end())
    const origin = await listen(server, { host: '127.0.0.1', port: 0 })
    onTestFinished(() => close(server))
    if (status === null) await close(server)
    const [command, ...args] = z
      .array(z.string())
      .parse(JSON.parse(argumentOf('HEALTHCHECK').replace(/^.*? CMD /, '')))

    expect(command).toBe('node')
    const check = processes.node(args, { env: { BELLHOP_HEALTH_URL: `${origin}/healthz` } })
    expect((await check.exited()).code).toBe(code)
  })
})
