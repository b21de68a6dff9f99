/**
 * Takes a picture of a page that is being served, such as the README's two, while the demo runs:
 *
 *     node scripts/take-picture.ts http://127.0.0.1:4173/#sales docs/channels.png --until '.message:nth-of-type(9)'
 *     node scripts/take-picture.ts http://127.0.0.1:9464/ docs/status.png
 *
 * `--until SELECTOR` waits until that shows, and `--after SECONDS` (2 without it) lets the page fill; `--dark` takes
 * the dark theme. Needs Debian's chromium and, for emoji and names in every script, fonts-noto-color-emoji and
 * fonts-noto-cjk.
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'
const VIEWPORT = { width: 1_280, height: 800 }
const SCALE = 1.5
const MAX_BYTES = 400_000
const WAIT_MS = 60_000

interface Wishes {
  until?: string | undefined
  after: string
  dark: boolean
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    until: { type: 'string' },
    after: { type: 'string', default: '2' },
    dark: { type: 'boolean', default: false },
  },
})
const [url, file] = positionals
if (url === undefined || file === undefined || !(Number(values.after) >= 0)) {
  process.stderr.write(
    'usage: node scripts/take-picture.ts URL FILE [--until SELECTOR] [--after SECONDS] [--dark]\n',
  )
  process.exitCode = 2
} else {
  const picture = await takePicture(url, values)
  await writeFile(file, picture)
  process.stdout.write(`${file}: ${Math.round(picture.length / 1_000)} kB\n`)
  if (picture.length > MAX_BYTES) {
    process.stderr.write(`over ${MAX_BYTES / 1_000} kB: too large for a README\n`)
    process.exitCode = 1
  }
}

async function takePicture(address: string, { until, after, dark }: Wishes): Promise<Buffer> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  })
  try {
    const page = await browser.newPage({
      viewport: VIEWPORT,
      deviceScaleFactor: SCALE,
      locale: 'en-GB',
      colorScheme: dark ? 'dark' : 'light',
    })
    page.setDefaultTimeout(WAIT_MS)
    await page.goto(address)
    if (until !== undefined) await page.locator(until).first().waitFor()
    await page.waitForTimeout(Number(after) * 1_000)
    // Nothing half faded in.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    return await page.screenshot()
  } finally {
    await browser.close()
  }
}
