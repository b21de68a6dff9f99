/**
 * Serves the status page over made-up data, for a picture of a busy group:
 *
 *     node scripts/made-up-status.ts &
 *     node scripts/take-picture.ts URL docs/status.png --until 'body[data-filled]' --scale 1
 */
import { createHealth } from '../src/observe/health.ts'
import { startHttpServer } from '../src/observe/http-server.ts'
import { createFakeFeed } from '../test/observe/pages/support/fake-feed.ts'
import { fakeOverview } from '../test/observe/pages/support/fake-overview.ts'

const server = await startHttpServer({
  host: '127.0.0.1',
  port: 0,
  metrics: { contentType: 'text/plain', render: async () => '' },
  health: createHealth(),
  pages: {
    overview: createFakeFeed(fakeOverview({ at: Date.now() })),
    explain: () => Promise.reject(new Error('nobody asks for this here')),
    token: () => null,
  },
})
process.stdout.write(`${server.url}/\n`)
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void server.close().then(() => process.exit()))
