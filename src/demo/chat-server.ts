/**
 * Serves the chat page and feeds it over server-sent events. A page that comes late gets the last messages of
 * each channel, one that comes back (Last-Event-ID) only what it missed. A page that does not read is let go
 * before it costs memory; its browser comes back by itself.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { AppError } from '../core/errors.ts'
import { type Asset, readChatAssets } from './chat-assets.ts'
import { type ChatFeed, type ChatMessage, createChatFeed, type FeedEntry } from './chat-feed.ts'
import { close, listen } from './listen.ts'

export type { ChatMessage } from './chat-feed.ts'

export interface ChatChannel {
  /** Without `#`. */
  name: string
  topic: string
}

/** What the page's header says beside the number of messages. */
export interface ChatStats {
  /** Events produced so far. */
  events: number
  /** How often 429 was answered. */
  rateLimited: number
  /** What is out of order just now, in a sentence; null while nothing is. */
  notice: string | null
}

export interface ChatServer {
  /** `http://127.0.0.1:4173`, without a slash at its end. */
  readonly url: string
  publish(message: ChatMessage): void
  stats(stats: ChatStats): void
  /** Ends every connection; a second call does nothing more. */
  close(): Promise<void>
}

export interface ChatServerOptions {
  /** Default 0: a free one. A port that is taken is an AppError `port_taken`. */
  port?: number
  host?: string
  /** In the order in which the page lists them. */
  channels: readonly ChatChannel[]
}

const MESSAGES_HELD_PER_CHANNEL = 100
/** Above what the held messages can come to, so that a page is not let go for its own beginning. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024
const KEEP_ALIVE_MS = 15_000
const RECONNECT_MS = 1_000

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

interface Parts {
  assets: ReadonlyMap<string, Asset>
  channels: readonly ChatChannel[]
  feed: ChatFeed
  clients: Set<ServerResponse>
  stats: ChatStats
}

export async function startChatServer(options: ChatServerOptions): Promise<ChatServer> {
  const { port = 0, host = '127.0.0.1', channels } = options
  const parts: Parts = {
    assets: await readChatAssets(),
    channels,
    feed: createChatFeed({ id: randomBytes(6).toString('hex'), perChannel: MESSAGES_HELD_PER_CHANNEL }),
    clients: new Set(),
    stats: { events: 0, rateLimited: 0, notice: null },
  }
  const server = createServer((req, res) => serve(parts, req, res))
  const url = await listen(server, { host, port }).catch((error: NodeJS.ErrnoException) => {
    const taken = `port ${port} on ${host} is taken: choose another, or 0 for a free one`
    throw error.code === 'EADDRINUSE' ? new AppError('port_taken', taken, { cause: error }) : error
  })
  const keepAlive = setInterval(() => broadcast(parts, ': keep-alive\n\n'), KEEP_ALIVE_MS)
  keepAlive.unref()
  return {
    url,
    publish: (message) => broadcast(parts, messageFrame(parts.feed.publish(message))),
    stats(stats) {
      parts.stats = stats
      broadcast(parts, frame('stats', stats))
    },
    async close() {
      clearInterval(keepAlive)
      await close(server)
    },
  }
}

function serve(parts: Parts, req: IncomingMessage, res: ServerResponse): void {
  const [route = '/', query = ''] = (req.url ?? '/').split('?')
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.writeHead(405, { ...HEADERS, allow: 'GET, HEAD' }).end()
    return
  }
  if (route === '/events' && req.method === 'GET') {
    subscribe(parts, res, lastEventIdOf(req, query))
    return
  }
  const asset = parts.assets.get(route)
  if (asset === undefined) {
    res.writeHead(404, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' }).end('not found\n')
    return
  }
  res.writeHead(200, { ...HEADERS, 'content-type': asset.contentType, 'content-length': asset.body.length })
  res.end(req.method === 'HEAD' ? undefined : asset.body)
}

/** A browser sends the header when it reconnects by itself; a page that opens the stream anew sends `?after=`. */
function lastEventIdOf(req: IncomingMessage, query: string): string | null {
  const header = req.headers['last-event-id']
  return typeof header === 'string' ? header : new URLSearchParams(query).get('after')
}

function subscribe(parts: Parts, res: ServerResponse, lastEventId: string | null): void {
  const { feed, channels, clients } = parts
  const missed = feed.since(lastEventId)
  const hello = { feed: feed.id, channels, published: feed.published, stats: parts.stats }
  res.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' })
  res.write(`retry: ${RECONNECT_MS}\n${frame('hello', hello)}${missed.map(messageFrame).join('')}`)
  clients.add(res)
  res.on('close', () => clients.delete(res))
}

function broadcast({ clients }: Parts, text: string): void {
  for (const client of clients) {
    client.write(text)
    if (client.writableLength > MAX_UNREAD_BYTES) client.destroy()
  }
}

function messageFrame({ id, seq, message }: FeedEntry): string {
  return `id: ${id}\n${frame('message', { seq, ...message })}`
}

/** JSON holds no line feed, so it is always one `data` line. */
function frame(event: 'hello' | 'message' | 'stats', data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
