import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'

/** A proxy that tunnels every CONNECT to one port of this machine, whatever host was asked for. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  /** What was asked for, as `host:port`. */
  readonly asked: readonly string[]
  /** The Proxy-Authorization of each request; null where it had none. */
  readonly credentials: readonly (string | null)[]
  /** All that clients sent through tunnels. */
  tunneled(): string
}

export async function startProxy(targetPort: number, options: { credentials?: string } = {}): Promise<Proxy> {
  const asked: string[] = []
  const credentials: (string | null)[] = []
  const open = new Set<Socket>()
  let tunneled = ''
  const keep = (socket: Socket): void => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => open.delete(socket))
  }
  const server = createServer()
  server.on('connection', keep)
  server.on('connect', (request, client: Socket) => {
    const given = request.headers['proxy-authorization'] ?? null
    asked.push(request.url ?? '')
    credentials.push(given)
    if (options.credentials !== undefined && given !== options.credentials) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')
      return
    }
    const upstream = connect(targetPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      client.on('data', (chunk: Buffer) => {
        tunneled += chunk.toString('latin1')
      })
      client.pipe(upstream).pipe(client)
    })
    keep(upstream)
    upstream.on('close', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    port: address.port,
    asked,
    credentials,
    tunneled: () => tunneled,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
