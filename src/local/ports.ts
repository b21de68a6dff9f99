/** Ports of the loopback interface, 127.0.0.1. What is free now may be taken a moment later: callers retry. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { AppError } from '../core/errors.ts'

const LOOPBACK = '127.0.0.1'

/** Ports that nobody listened on when they were chosen, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)))
  const ports = servers.map(portOf)
  await Promise.all(servers.map(close))
  return ports
}

/** Whether a server could listen on the port now. A port this user may not use counts as taken. */
export async function isPortFree(port: number): Promise<boolean> {
  try {
    await close(await listen(port))
    return true
  } catch {
    return false
  }
}

/**
 * The port to listen on: the one that was asked for, or the preferred one while it is free, or any free one.
 * Throws AppError `port_taken` when the one that was asked for is.
 */
export async function choosePort(wish: { port?: number; preferredPort?: number }): Promise<number> {
  if (wish.port) {
    if (await isPortFree(wish.port)) return wish.port
    throw new AppError(
      'port_taken',
      `port ${wish.port} is taken on ${LOOPBACK}: end what listens there, or choose another port`,
    )
  }
  if (wish.preferredPort && (await isPortFree(wish.preferredPort))) return wish.preferredPort
  const [port = 0] = await freePorts(1)
  return port
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, LOOPBACK)
  await once(server, 'listening')
  return server
}

async function close(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
  return address.port
}
