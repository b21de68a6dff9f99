import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { SELF_SIGNED } from './self-signed.ts'

/** A TCP server that does to its sockets what a test says, and knows what they received. */
export interface RawServer extends AsyncDisposable {
  readonly port: number
  readonly sockets: readonly Socket[]
  /** All that was received, over all sockets. */
  received(): string
}

export function startRawServer(onSocket: (socket: Socket, nth: number) => void): Promise<RawServer> {
  return start((onSecureSocket) => createServer(onSecureSocket), onSocket)
}

export function startSelfSignedServer(): Promise<RawServer> {
  return startTlsServer(SELF_SIGNED, () => {})
}

/** Its sockets are those whose handshake came to its end, as the server sees it. */
export function startTlsServer(
  options: TlsOptions,
  onSocket: (socket: Socket, nth: number) => void,
): Promise<RawServer> {
  return start((onSecureSocket) => createTlsServer(options, onSecureSocket), onSocket)
}

/** Answers every request, which must arrive in one piece, with the same bytes. */
export function answering(bytes: string): (socket: Socket) => void {
  return (socket) => socket.on('data', () => socket.write(bytes))
}

export function httpAnswer(status: number, body: string, headers = ''): string {
  return `HTTP/1.1 ${status} X\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  await using server = await startRawServer(() => {})
  return server.port
}

async function start(
  create: (onSocket: (socket: Socket) => void) => Server,
  onSocket: (socket: Socket, nth: number) => void,
): Promise<RawServer> {
  const sockets: Socket[] = []
  let received = ''
  const server = create((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString()
    })
    onSocket(socket, sockets.length)
  })
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    port: address.port,
    sockets,
    received: () => received,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
