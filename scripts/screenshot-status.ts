/**
 * Takes docs/status.png: of a status page that is served (`node scripts/screenshot-status.ts http://127.0.0.1:9464/`),
 * or else of one over made-up data. Wants Chromium. `--dark` takes the dark theme, `--to PATH` another file.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createHealth } from '../src/observe/health.ts'
import { startHttpServer } from '../src/observe/http-server.ts'
import { createFakeFeed } from '../test/observe/pages/support/fake-feed.ts'
import { fakeOverview } from '../test/observe/pages/support/fake-overview.ts'
import { launchChromium } from '../test/observe/pages/support/launch-chromium.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { dark: { type: 'boolean' }, to: { type: 'string' } },
})
const path = values.to ?? fileURLToPath(new URL('../docs/status.png', import.meta.url))

const [url] = positionals
if (url === undefined) await withMadeUpPage((made) => take(made))
else await take(url)
process.stdout.write(`${path}\n`)

async function take(page: string): Promise<void> {
  const browser = await launchChromium()
  try {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      deviceScaleFactor: 1,
      colorScheme: values.dark ? 'dark' : 'light',
      locale: 'en-GB',
    })
    const opened = await context.newPage()
    await opened.goto(page)
    await opened.locator('body[data-filled]').waitFor()
    await opened.screenshot({ path })
  } finally {
    await browser.close()
  }
}

async function withMadeUpPage(use: (url: string) => Promise<void>): Promise<void> {
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
  try {
    await use(server.url)
  } finally {
    await server.close()
  }
}
