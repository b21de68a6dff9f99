/** Whether a Docker engine answers, found out in two seconds at most and without a Docker client. */
import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Environment } from './folders.ts'

export type DockerSearch =
  | { kind: 'docker' }
  /** `reason` is a phrase such as `no Docker engine answers at /var/run/docker.sock`. */
  | { kind: 'none'; reason: string }

/** Where a request goes: a socket file, or host and port. */
type Endpoint = { socketPath: string } | { host: string; port: string }

const ANSWER_TIMEOUT_MS = 2_000

/** Asks `DOCKER_HOST` when it is set, else the sockets that testcontainers looks at. */
export async function findDocker(env: Environment, timeoutMs = ANSWER_TIMEOUT_MS): Promise<DockerSearch> {
  const named = env.DOCKER_HOST
  if (named) {
    const endpoint = parseDockerHost(named)
    if (endpoint === null)
      return { kind: 'none', reason: `DOCKER_HOST is ${named}, which testcontainers cannot use` }
    if (await answers(endpoint, timeoutMs)) return { kind: 'docker' }
    return { kind: 'none', reason: `no Docker engine answers at DOCKER_HOST=${named}` }
  }
  const sockets = socketPaths(env).filter((path) => existsSync(path))
  for (const socketPath of sockets) if (await answers({ socketPath }, timeoutMs)) return { kind: 'docker' }
  const [first = '/var/run/docker.sock'] = sockets
  return { kind: 'none', reason: `no Docker engine answers at ${first}` }
}

/** `unix:///path`, `tcp://host:port` or `http://host:port`; null for anything else. */
export function parseDockerHost(text: string): Endpoint | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol === 'unix:' && url.pathname !== '') return { socketPath: url.pathname }
  if (url === null || !['tcp:', 'http:', 'https:'].includes(url.protocol) || url.hostname === '') return null
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port || '2375' }
}

function socketPaths(env: Environment): string[] {
  const runtime = env.XDG_RUNTIME_DIR
  return [
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    join(homedir(), '.docker', 'run', 'docker.sock'),
    join(homedir(), '.docker', 'desktop', 'docker.sock'),
    join('/run', 'user', String(userInfo().uid), 'docker.sock'),
  ]
}

/** Any HTTP answer will do: one that wants TLS is for testcontainers to speak to. */
function answers(endpoint: Endpoint, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ ...endpoint, path: '/_ping', timeout: timeoutMs }, (response) => {
      response.resume()
      resolve(true)
    })
    ping.once('timeout', () => ping.destroy())
    ping.once('error', () => resolve(false))
    ping.once('close', () => resolve(false))
    ping.end()
  })
}
