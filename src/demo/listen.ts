import type { Server } from 'node:http'

/** Connections that may wait to be accepted: a burst of posts is refused by the pace, never by the socket. */
const BACKLOG = 4_096

/** Port 0 chooses a free one. Gives the origin, `http://127.0.0.1:3999`; rejects with what node says. */
export function listen(server: Server, at: { host: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ ...at, backlog: BACKLOG }, () => {
      server.off('error', reject)
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : at.port
      resolve(`http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`)
    })
  })
}

/** Ends every connection at once; a server that is closed already stays so. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
