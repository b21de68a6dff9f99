import { EventEmitter, once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { containerEnvironment, startDockerKafka } from '../../src/local/docker-kafka.ts'
import { freePorts, isPortFree } from '../../src/local/ports.ts'

/** A Docker engine with one container, which listens at its port and answers as a broker in service does. */
const engine = vi.hoisted(() => ({
  failures: [] as string[],
  starts: 0,
  environment: {} as Record<string, string>,
  server: null as Server | null,
  exited: null as EventEmitter | null,
  removed: false,
}))

vi.mock('testcontainers', async () => {
  const { metadataResponse } = await import('./metadata-response.ts')
  const listen = async (port: number): Promise<void> => {
    engine.server = createServer((socket) => {
      socket.on('data', () => socket.write(metadataResponse({ brokers: ['127.0.0.1'], clusterId: null })))
      socket.on('error', () => {})
    })
    engine.server.listen(port, '127.0.0.1')
    await once(engine.server, 'listening')
  }
  let port = 0
  const runtime = {
    wait: async () => ({ StatusCode: (await once(engine.exited ?? new EventEmitter(), 'exit'))[0] }),
    inspect: async () => ({ State: { Running: engine.server !== null } }),
    kill: async () => {
      engine.server?.close()
      engine.server = null
      engine.exited?.emit('exit', 137)
    },
    start: () => listen(port),
  }
  class GenericContainer {
    withEnvironment(environment: Record<string, string>) {
      engine.environment = environment
      return this
    }
    withExposedPorts(binding: { host: number }) {
      port = binding.host
      return this
    }
    withWaitStrategy() {
      return this
    }
    withStartupTimeout() {
      return this
    }
    async start() {
      engine.starts += 1
      const failure = engine.failures.shift()
      if (failure !== undefined) throw new Error(failure)
      await listen(port)
      return {
        getId: () => 'c0ffee',
        logs: async () => Readable.from(['first line\nlast ', 'line\n']),
        stop: async () => {
          await runtime.kill()
          engine.removed = true
        },
      }
    }
  }
  return {
    GenericContainer,
    Wait: { forLogMessage: () => ({}) },
    getContainerRuntimeClient: async () => ({
      info: { containerRuntime: { host: 'localhost' } },
      container: { getById: () => runtime },
    }),
  }
})

beforeEach(() => {
  Object.assign(engine, { failures: [], starts: 0, server: null, exited: new EventEmitter(), removed: false })
})
afterEach(() => void engine.server?.close())

const progress = (): void => {}

it('is told the address by which clients will reach it', async () => {
  const [port = 0] = await freePorts(1)
  const kafka = await startDockerKafka({ port, progress })

  expect(kafka).toMatchObject({ engine: 'docker', brokers: `127.0.0.1:${port}`, pid: null })
  expect(engine.environment.KAFKA_ADVERTISED_LISTENERS).toBe(
    `HOST://127.0.0.1:${port},INSIDE://localhost:29092`,
  )
  await kafka.stop()
  expect(engine.removed).toBe(true)
  expect(await kafka.ended).toEqual({ how: 'stopped' })
})

describe('a port that somebody else took just then', () => {
  it('is replaced by another one', async () => {
    engine.failures = ['driver failed: Bind for 0.0.0.0:40000 failed: port is already allocated']
    const kafka = await startDockerKafka({ progress })

    expect(engine.starts).toBe(2)
    await kafka.stop()
  })

  it('is an error when it was asked for', async () => {
    engine.failures = ['port is already allocated']
    const [port = 0] = await freePorts(1)

    await expect(startDockerKafka({ port, progress })).rejects.toThrow('port is already allocated')
    expect(engine.starts).toBe(1)
  })
})

it('tries no other port when the image cannot be had', async () => {
  engine.failures = ['no such host']

  await expect(startDockerKafka({ progress })).rejects.toThrow('no such host')
  expect(engine.starts).toBe(1)
})

it('tells when the container dies, with the end of its log', async () => {
  const kafka = await startDockerKafka({ progress })
  engine.exited?.emit('exit', 1)

  expect(await kafka.ended).toEqual({ how: 'died', detail: 'exit code 1', log: ['first line', 'last line'] })
  await kafka.stop()
})

it('can be killed and restarted at the same address, which is no death', async () => {
  const kafka = await startDockerKafka({ progress })
  await kafka.kill()
  expect(await isPortFree(Number(kafka.brokers.split(':')[1]))).toBe(true)
  await kafka.restart()

  expect(await Promise.race([kafka.ended, 'runs'])).toBe('runs')
  engine.exited?.emit('exit', 137)
  expect(await kafka.ended).toMatchObject({ how: 'died', detail: 'exit code 137' })
  await kafka.stop()
})

it('stops a container that comes up after the start was aborted', async () => {
  const abort = new AbortController()
  const starting = startDockerKafka({ progress, signal: abort.signal })
  abort.abort(new Error('Ctrl-C'))

  await expect(starting).rejects.toThrow('Ctrl-C')
  await vi.waitFor(() => expect(engine.removed).toBe(true))
})

it('has one replica of everything, since there is one broker', () => {
  const replicas = Object.entries(containerEnvironment({ host: '127.0.0.1', port: 1 })).filter(([name]) =>
    /REPLICATION_FACTOR|MIN_ISR/.test(name),
  )

  expect(replicas).toHaveLength(5)
  expect(new Set(replicas.map(([, value]) => value))).toEqual(new Set(['1']))
})
