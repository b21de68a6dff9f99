/** A reverse proxy before a real registry: it can be switched off, wants a login, and speaks TLS where it is given a certificate. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'

export interface RegistryProxy {
  /** What `registry.url` takes. */
  readonly url: string
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[]
  /** How it stands in the way: not at all; by cutting connections; saying nothing; failing; knowing no schema. */
  mode: 'on' | 'cut' | 'silent' | 'failing' | 'ignorant'
  close(): Promise<void>
}

export interface RegistryProxyOptions {
  target: string
  /** `user:password` that it wants. */
  login?: string
  tls?: { cert: string; key: string }
}

export async function startRegistryProxy({
  target,
  login,
  tls,
}: RegistryProxyOptions): Promise<RegistryProxy> {
  const asked: string[] = []
  const to = new URL(target)
  const state: { mode: RegistryProxy['mode'] } = { mode: 'on' }
  const authorization = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`

  const answer = (incoming: IncomingMessage, response: ServerResponse): void => {
    asked.push(`${incoming.method} ${incoming.url?.slice(to.pathname.length)}`)
    if (state.mode === 'cut') return void incoming.socket.destroy()
    if (state.mode === 'silent') return
    if (state.mode === 'failing') return void response.writeHead(503).end('<h1>later</h1>')
    if (state.mode === 'ignorant') {
      return void response.writeHead(404).end('{"error_code":40403,"message":"Schema not found"}')
    }
    if (incoming.headers.authorization !== authorization) return void response.writeHead(401).end()
    const outgoing = request(
      {
        host: to.hostname,
        port: to.port,
        path: incoming.url,
        method: incoming.method,
        headers: incoming.headers,
      },
      (answered) => {
        response.writeHead(answered.statusCode ?? 502, answered.headers)
        answered.pipe(response)
      },
    )
    outgoing.on('error', () => response.destroy())
    incoming.pipe(outgoing)
  }
  const server: Server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return Object.assign(state, {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}${to.pathname}`,
    asked,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}
