/**
 * `npm run bench:page`: the status page with a thousand lanes, of which six in ten that have something waiting post
 * between two updates, beside the same page with ten lanes. First paint: from navigation until the lanes are on the
 * screen. The cost of a minute: seconds of CPU that the page's thread and the server take for the updates of every
 * 2 s (the making of them included: the server's figure is an upper bound), and what goes over the wire. Ratios hold on
 * any machine, milliseconds do not. Wants Chromium.
 *
 *   --seconds 60 --rounds 3
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { launchChromium } from '../test/observe/pages/support/launch-chromium.ts'
import { percentile, readOptions } from './support/bench.ts'
import { usageOf } from './support/usage.ts'

const { numbers } = readOptions({ seconds: 60, rounds: 3 })
const SERVER = fileURLToPath(new URL('support/page-server.ts', import.meta.url))

interface Row {
  name: string
  lanes: number
  showsAll: boolean
}

const BASELINE: Row = { name: '10 lanes', lanes: 10, showsAll: false }
const ROWS: Row[] = [
  BASELINE,
  { name: '1,000 lanes', lanes: 1_000, showsAll: false },
  { name: '1,000 lanes, all shown', lanes: 1_000, showsAll: true },
]

interface Measured {
  firstPaintMs: number
  taskSeconds: number
  scriptSeconds: number
  serverSeconds: number
  kilobytes: number
}

const measured = new Map<string, Measured[]>(ROWS.map(({ name }) => [name, []]))
const browser = await launchChromium()
try {
  for (let round = 0; round < numbers.rounds; round += 1) {
    for (const row of ROWS)
      measured.get(row.name)?.push(await withServer(row, (url, pid) => measure(row, url, pid)))
  }
} finally {
  await browser.close()
}
print()

async function withServer<T>(row: Row, use: (url: string, pid: number) => Promise<T>): Promise<T> {
  const child: ChildProcess = spawn(process.execPath, [SERVER, String(row.lanes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    if (child.stdout === null || child.pid === undefined) throw new Error('the server did not start')
    const [url] = await once(createInterface({ input: child.stdout }), 'line')
    return await use(String(url), child.pid)
  } finally {
    child.kill('SIGKILL')
  }
}

async function measure(row: Row, url: string, pid: number): Promise<Measured> {
  const firstPaintMs = await paint(browser, url)
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  let bytes = 0
  cdp.on('Network.dataReceived', ({ dataLength }) => {
    bytes += dataLength
  })
  await cdp.send('Network.enable')
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.goto(url)
  await shown(page)
  if (row.showsAll) await page.locator('#lanes-all').click()
  await delay(1_000)
  const [before, usedBefore, bytesBefore] = [await metrics(cdp), await usageOf(pid), bytes]
  await delay(numbers.seconds * 1_000)
  const [after, usedAfter] = [await metrics(cdp), await usageOf(pid)]
  await context.close()
  const toMinute = 60 / numbers.seconds
  return {
    firstPaintMs,
    taskSeconds: (after.task - before.task) * toMinute,
    scriptSeconds: (after.script - before.script) * toMinute,
    serverSeconds: (usedAfter.cpuSeconds - usedBefore.cpuSeconds) * toMinute,
    kilobytes: ((bytes - bytesBefore) / 1_024) * toMinute,
  }
}

/** Milliseconds from the start of the navigation to the second frame that has the lanes. */
async function paint(chromium: Browser, url: string): Promise<number> {
  const context = await chromium.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  await page.addInitScript(`{
    const look = () => document.querySelector('#lanes .lane') === null
      ? requestAnimationFrame(look)
      : requestAnimationFrame(() => { document.documentElement.dataset.painted = performance.now() })
    look()
  }`)
  await page.goto(url)
  const html = page.locator('html[data-painted]')
  await html.waitFor()
  const paintedMs = Number(await html.getAttribute('data-painted'))
  await context.close()
  return paintedMs
}

async function shown(page: Page): Promise<void> {
  await page.locator('#lanes .lane').first().waitFor()
}

async function metrics(cdp: CDPSession): Promise<{ task: number; script: number }> {
  const { metrics: told } = await cdp.send('Performance.getMetrics')
  const secondsOf = (name: string): number => told.find((metric) => metric.name === name)?.value ?? Number.NaN
  return { task: secondsOf('TaskDuration'), script: secondsOf('ScriptDuration') }
}

function print(): void {
  const baseline = medianOf(measured.get(BASELINE.name) ?? [])
  console.log(
    `                         first paint        CPU of the page, a minute   of it script   server    stream`,
  )
  for (const { name } of ROWS) {
    const row = medianOf(measured.get(name) ?? [])
    const cells = [
      name.padEnd(23),
      `${row.firstPaintMs.toFixed(0).padStart(5)} ms ${ratio(row.firstPaintMs, baseline.firstPaintMs)}`.padEnd(
        18,
      ),
      `${row.taskSeconds.toFixed(2).padStart(6)} s ${ratio(row.taskSeconds, baseline.taskSeconds)}`.padEnd(
        26,
      ),
      `${row.scriptSeconds.toFixed(2)} s`.padEnd(14),
      `${row.serverSeconds.toFixed(2)} s`.padEnd(9),
      `${row.kilobytes.toFixed(0)} KiB`,
    ]
    console.log(cells.join(' '))
  }
}

function ratio(value: number, baseline: number): string {
  return `(× ${(value / baseline).toFixed(1)})`
}

function medianOf(rows: readonly Measured[]): Measured {
  const median = (field: keyof Measured): number =>
    percentile(
      rows.map((row) => row[field]),
      0.5,
    )
  return {
    firstPaintMs: median('firstPaintMs'),
    taskSeconds: median('taskSeconds'),
    scriptSeconds: median('scriptSeconds'),
    serverSeconds: median('serverSeconds'),
    kilobytes: median('kilobytes'),
  }
}
