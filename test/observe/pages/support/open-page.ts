import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { CHROMIUM, launchChromium } from './launch-chromium.ts'

export const isChromiumMissing = !existsSync(CHROMIUM)
if (isChromiumMissing) process.stderr.write(`the status page is not tested: there is no ${CHROMIUM}\n`)

export interface OpenedPage {
  page: Page
  /** Errors of scripts, refusals of the content policy, dialogs, and requests to other places. */
  complaints: string[]
}

export interface PageSettings {
  viewport?: { width: number; height: number }
  colorScheme?: 'dark' | 'light'
}

/** One browser for the tests of a file, a fresh profile for each page. */
export function useBrowser(): (url: string, settings?: PageSettings) => Promise<OpenedPage> {
  let browser: Browser | null = null
  const open: { close(): Promise<void> }[] = []
  beforeAll(async () => {
    if (!isChromiumMissing) browser = await launchChromium()
  })
  afterEach(async () => {
    for (const context of open.splice(0)) await context.close()
  })
  afterAll(() => browser?.close())
  return async (url, { viewport = { width: 1280, height: 800 }, colorScheme = 'light' } = {}) => {
    if (browser === null) throw new Error('there is no browser')
    const context = await browser.newContext({ viewport, colorScheme, locale: 'en-GB', timezoneId: 'UTC' })
    open.push(context)
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    const complaints: string[] = []
    watch(page, url, complaints)
    await page.goto(url)
    return { page, complaints }
  }
}

function watch(page: Page, url: string, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (line) => {
    // A connection that breaks, and an answer that refuses, are logged by the browser itself.
    if (line.type() === 'error' && !line.text().startsWith('Failed to load resource'))
      complaints.push(line.text())
  })
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`requested ${request.url()}`)
  })
}

/** What the page consists of. */
export function inventoryOf(page: Page) {
  return page.locator('html').evaluate((root) => {
    const all = [...root.querySelectorAll('body *')]
    const sources = all.filter((one) => one.hasAttribute('src') || one.hasAttribute('href'))
    return {
      scripts: root.querySelectorAll('script').length,
      tags: [...new Set(all.map((one) => one.tagName.toLowerCase()))],
      handlers: all.flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith('on')),
      sources: sources.map((one) => one.getAttribute('src') ?? one.getAttribute('href')),
    }
  })
}
