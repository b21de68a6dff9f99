import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { choosePort, freePorts, isPortFree } from '../../src/local/ports.ts'

const servers: { close(): void }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

it('finds ports that differ and are free', async () => {
  const ports = await freePorts(5)

  expect(new Set(ports).size).toBe(5)
  expect(await Promise.all(ports.map(isPortFree))).toEqual([true, true, true, true, true])
})

it('sees that a port is taken', async () => {
  expect(await isPortFree(await takenPort())).toBe(false)
})

describe('choosePort', () => {
  it('takes the port that was asked for', async () => {
    const [port = 0] = await freePorts(1)

    expect(await choosePort({ port, preferredPort: 9092 })).toBe(port)
  })

  it('refuses a port that was asked for and is taken', async () => {
    const port = await takenPort()

    await expect(choosePort({ port })).rejects.toMatchObject({
      code: 'port_taken',
      message: `port ${port} is taken on 127.0.0.1: end what listens there, or choose another port`,
    })
  })

  it('takes the preferred port while it is free', async () => {
    const [preferredPort = 0] = await freePorts(1)

    expect(await choosePort({ preferredPort })).toBe(preferredPort)
  })

  it('takes another one when the preferred port is taken', async () => {
    const preferredPort = await takenPort()
    const port = await choosePort({ preferredPort })

    expect(port).not.toBe(preferredPort)
    expect(await isPortFree(port)).toBe(true)
  })

  it('takes any free port for port 0', async () => {
    expect(await isPortFree(await choosePort({ port: 0 }))).toBe(true)
  })
})

async function takenPort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  const server = createServer().listen(port, '127.0.0.1')
  servers.push(server)
  await new Promise((resolve) => server.once('listening', resolve))
  return port
}
