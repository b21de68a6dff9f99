import { createServer, type IncomingHttpHeaders } from 'node:http'
import { freePorts } from '../../src/local/ports.ts'

export interface RecordingWebhook {
  origin: string
  /** What was posted, byte for byte. */
  posts: { path: string; headers: IncomingHttpHeaders; body: string }[]
  close(): void
}

/** A receiver that answers `ok` to everything and keeps it, for tests of what exactly is sent. */
export async function createRecordingWebhook(): Promise<RecordingWebhook> {
  const posts: RecordingWebhook['posts'] = []
  const [port = 0] = await freePorts(1)
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      posts.push({ path: request.url ?? '', headers: request.headers, body })
      response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${port}`,
    posts,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
