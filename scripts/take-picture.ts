/**
 * Takes a picture of a page that is being served, such as the README's two, while the demo runs:
 *
 *     node scripts/take-picture.ts http://127.0.0.1:4173/#sales docs/channels.png --until '.message:nth-of-type(9)'
 *     node scripts/take-picture.ts http://127.0.0.1:9464/ docs/status.png
 *
 * `--until SELECTOR` waits until that shows, and `--after SECONDS` (2 without it) lets the page fill; `--dark` takes
 * the dark theme, `--scale 1` a pixel for a pixel (1.5 without it). Needs Debian's chromium and, for emoji and names in
 * every script, fonts-noto-color-emoji and fonts-noto-cjk.
 */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { launchChromium } from '../test/observe/pages/support/launch-chromium.ts'

const VIEWPORT = { width: 1_280, height: 800 }
const MAX_BYTES = 400_000
const WAIT_MS = 60_000

interface Wishes {
  until?: string | undefined
  after: string
  dark: boolean
  scale: string
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    until: { type: 'string' },
    after: { type: 'string', default: '2' },
    dark: { type: 'boolean', default: false },
    scale: { type: 'string', default: '1.5' },
  },
})
const [url, file] = positionals
if (url === undefined || file === undefined || !(Number(values.after) >= 0) || !(Number(values.scale) > 0)) {
  process.stderr.write(
    'usage: node scripts/take-picture.ts URL FILE [--until SELECTOR] [--after SECONDS] [--dark] [--scale N]\n',
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

async function takePicture(address: string, { until, after, dark, scale }: Wishes): Promise<Buffer> {
  const browser = await launchChromium()
  try {
    const page = await browser.newPage({
      viewport: VIEWPORT,
      deviceScaleFactor: Number(scale),
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
