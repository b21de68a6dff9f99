/** A door before a server: whoever connects waits there until it is opened. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream'

export interface HeldDoor {
  /** `host:port` to connect to. */
  readonly address: string
  open(): void
  close(): void
}

/** `target`: `host:port` of the server. */
export async function startHeldDoor(target: string): Promise<HeldDoor> {
  const { hostname, port } = new URL(`tcp://${target}`)
  const opened = Promise.withResolvers<void>()
  const sockets = new Set<Socket>()
  const lead = (from: Socket, to: Socket): void => void pipeline(from, to, () => undefined)
  const server = createServer({ pauseOnConnect: true }, async (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    await opened.promise
    const onward = connect(Number(port), hostname)
    sockets.add(onward)
    lead(socket, onward)
    lead(onward, socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    address: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    open: () => opened.resolve(),
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
