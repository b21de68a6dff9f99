/**
 * Writes docs/channels.png, the README's picture of the chat page, from a page that is being served:
 *
 *     node scripts/screenshot.ts http://127.0.0.1:4173 [channel]
 *
 * Needs Debian's chromium and, for emoji and names in every script, fonts-noto-color-emoji and fonts-noto-cjk.
 * Run it while messages arrive: it waits until the channel has filled the window, and until others are unread.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { chromium, type Page } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'
const OUT = new URL('../docs/channels.png', import.meta.url)
const VIEWPORT = { width: 1_200, height: 750 }
const SCALE = 1.5
const MAX_BYTES = 300_000
const WAIT_MS = 60_000
/** As many as the window shows. */
const MESSAGES = 9

const [url, channel = 'sales'] = process.argv.slice(2)
if (url === undefined) {
  process.stderr.write('usage: node scripts/screenshot.ts URL [channel]\n')
  process.exitCode = 2
} else {
  const picture = await takePicture(`${url.replace(/\/$/, '')}/#${encodeURIComponent(channel)}`)
  if (picture.length > MAX_BYTES)
    throw new Error(`the picture has ${picture.length} bytes, over ${MAX_BYTES}`)
  await mkdir(new URL('.', OUT), { recursive: true })
  await writeFile(OUT, picture)
  process.stdout.write(`${OUT.pathname}: ${Math.round(picture.length / 1_000)} kB\n`)
}

async function takePicture(address: string): Promise<Buffer> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  })
  try {
    const page = await browser.newPage({ viewport: VIEWPORT, deviceScaleFactor: SCALE, locale: 'en-GB' })
    page.setDefaultTimeout(WAIT_MS)
    await page.goto(address)
    await settle(page)
    return await page.screenshot()
  } finally {
    await browser.close()
  }
}

/** Enough messages, and none of them half faded in. */
async function settle(page: Page): Promise<void> {
  await page
    .locator('.message')
    .nth(MESSAGES - 1)
    .waitFor()
  await page.locator('.channel.has-unread').first().waitFor()
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.locator('#scroll').evaluate((box) => {
    box.scrollTop = box.scrollHeight
  })
}
