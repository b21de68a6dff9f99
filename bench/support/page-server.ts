/** The status page over a fake feed, which changes its lanes as a busy group does. Started with the number of lanes. */
import { setInterval } from 'node:timers'
import { createHealth } from '../../src/observe/health.ts'
import { startHttpServer } from '../../src/observe/http-server.ts'
import { createFakeFeed } from '../../test/observe/pages/support/fake-feed.ts'
import { later } from '../../test/observe/pages/support/fake-later.ts'
import { fakeOverview, seeded } from '../../test/observe/pages/support/fake-overview.ts'

const UPDATE_MS = 2_000
const lanes = Number(process.argv[2])
let overview = fakeOverview({ at: Date.now(), lanes, actions: lanes / 10, messages: 200 })
const feed = createFakeFeed(overview)
const random = seeded(lanes)
setInterval(() => {
  overview = later(overview, Date.now() - overview.at, random)
  feed.publish(overview)
}, UPDATE_MS)
const server = await startHttpServer({
  host: '127.0.0.1',
  port: 0,
  metrics: { contentType: 'text/plain', render: async () => '' },
  health: createHealth(),
  pages: {
    overview: feed,
    explain: () => Promise.reject(new Error('nobody asks for this here')),
    token: () => null,
  },
})
console.log(server.url)
