import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findDocker, parseDockerHost } from '../../src/local/docker-engine.ts'

let folder: string
const servers: Server[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellhop-test-docker-'))
})
afterEach(async () => {
  for (const server of servers.splice(0)) server.close()
  await rm(folder, { recursive: true })
})

it.each([
  ['unix:///var/run/docker.sock', { socketPath: '/var/run/docker.sock' }],
  ['tcp://127.0.0.1:2375', { host: '127.0.0.1', port: '2375' }],
  ['tcp://docker', { host: 'docker', port: '2375' }],
  ['http://[::1]:2375', { host: '::1', port: '2375' }],
  ['ssh://ann@build', null],
  ['npipe:////./pipe/docker_engine', null],
  ['unix://', null],
  ['/var/run/docker.sock', null],
])('reads DOCKER_HOST=%s', (text, endpoint) => {
  expect(parseDockerHost(text)).toEqual(endpoint)
})

it('finds an engine that answers', async () => {
  const asked: (string | undefined)[] = []
  const engine = createHttpServer((request, response) => {
    asked.push(request.url)
    response.end('OK')
  })

  expect(await findDocker({ DOCKER_HOST: await listenIn(engine) })).toEqual({ kind: 'docker' })
  expect(asked).toEqual(['/_ping'])
})

it.each([
  ['hangs up', createServer((socket) => socket.destroy())],
  ['says nothing', createServer(() => {})],
])('gives up when the other side %s', async (_what, server) => {
  const host = await listenIn(server)

  expect(await findDocker({ DOCKER_HOST: host }, 50)).toEqual({
    kind: 'none',
    reason: `no Docker engine answers at DOCKER_HOST=${host}`,
  })
})

it('finds none where the socket file is missing', async () => {
  const host = `unix://${join(folder, 'none.sock')}`

  expect(await findDocker({ DOCKER_HOST: host })).toEqual({
    kind: 'none',
    reason: `no Docker engine answers at DOCKER_HOST=${host}`,
  })
})

it('says that an address over ssh cannot be used', async () => {
  expect(await findDocker({ DOCKER_HOST: 'ssh://ann@build' })).toEqual({
    kind: 'none',
    reason: 'DOCKER_HOST is ssh://ann@build, which testcontainers cannot use',
  })
})

/** Listens at a socket file; returns its DOCKER_HOST. */
async function listenIn(server: Server): Promise<string> {
  const path = join(folder, 'docker.sock')
  servers.push(server)
  server.listen(path)
  await once(server, 'listening')
  return `unix://${path}`
}
