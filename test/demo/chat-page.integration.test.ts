/** The chat page in a real Chromium (Debian's), against the real server. Without Chromium it is not tested. */
import { existsSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ChatMessage, type ChatServer, startChatServer } from '../../src/demo/chat-server.ts'
import { HOSTILE_NAMES } from '../../src/demo/scenario/cast.ts'

const CHROMIUM = '/usr/bin/chromium'
const isMissing = !existsSync(CHROMIUM)
if (isMissing) process.stderr.write(`the chat page is not tested: there is no ${CHROMIUM}\n`)

const CHANNELS = [
  { name: 'sales', topic: 'Orders' },
  { name: 'nps', topic: 'Scores' },
  { name: 'billing', topic: 'Payments' },
]
let browser: Browser
const open: { close(): unknown }[] = []

beforeAll(async () => {
  if (isMissing) return
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
})

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})
afterAll(() => browser?.close())

async function serve(port = 0): Promise<ChatServer> {
  const server = await startChatServer({ port, channels: CHANNELS })
  open.push(server)
  return server
}

interface Opened {
  page: Page
  /** Errors of scripts, refusals of the content policy, and requests to other places. */
  complaints: string[]
}

async function openPage(url: string, viewport = { width: 1_100, height: 700 }): Promise<Opened> {
  const context = await browser.newContext({ viewport, locale: 'en-GB', timezoneId: 'UTC' })
  open.push(context)
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (line) => {
    // A connection that breaks is logged by the browser itself.
    if (line.type() === 'error' && !line.text().startsWith('Failed to load resource'))
      complaints.push(line.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(`requested ${request.url()}`)
  })
  await page.goto(url)
  await page.locator('#connection[data-state=live]').waitFor({ state: 'attached' })
  return { page, complaints }
}

const message = (text: string, more: Partial<ChatMessage> = {}): ChatMessage => ({
  channel: 'sales',
  username: 'Shop',
  iconUrl: null,
  iconEmoji: ':bell:',
  text,
  at: Date.now(),
  ...more,
})

const texts = (page: Page) => page.locator('.message .text').allInnerTexts()
const unread = (page: Page, channel: string) =>
  page.locator('.channel', { hasText: channel }).locator('.unread').textContent()

describe.skipIf(isMissing)('chat page', () => {
  it('shows what was there before, and what comes while one looks', async () => {
    const server = await serve()
    server.publish(message('earlier'))
    const { page, complaints } = await openPage(server.url)
    server.publish(message(':tada: *Mina* ordered <https://example.com/1|A-1> for `9`\n&gt; quoted'))
    const text = page.locator('.message .text').nth(1)
    await text.waitFor()
    expect(await texts(page)).toEqual(['earlier', '🎉 Mina ordered A-1 for 9\nquoted'])
    expect(await text.locator('strong').innerText()).toBe('Mina')
    expect(await text.locator('a').getAttribute('href')).toBe('https://example.com/1')
    expect(await text.locator('a').getAttribute('rel')).toContain('noopener')
    expect(await page.locator('.message').first().locator('.message-head').innerText()).toMatch(
      /^Shop\s*APP\s*\d+:\d\d$/,
    )
    expect(complaints).toEqual([])
  })

  it('counts what is unread, says the figures, and switches by mouse and keys', async () => {
    const server = await serve()
    const { page, complaints } = await openPage(server.url)
    server.publish(message('s1'))
    server.publish(message('n1', { channel: 'nps' }))
    server.publish(message('n2', { channel: 'nps' }))
    server.stats({ events: 1_234, rateLimited: 0, notice: "#nps's webhook is gone" })
    await page.locator('#figure-events', { hasText: '1,234' }).waitFor()
    expect(await page.locator('#notice').innerText()).toBe("#nps's webhook is gone")
    expect(await page.locator('#figure-messages').innerText()).toBe('3')
    expect(await page.locator('#figure-limited').innerText()).toBe('0')
    expect(await unread(page, 'nps')).toBe('2')
    expect(await unread(page, 'sales')).toBe('')
    expect(await page.title()).toBe('(2) bellhop demo')

    await page.locator('.channel', { hasText: 'nps' }).click()
    expect(await texts(page)).toEqual(['n1', 'n2'])
    expect(await unread(page, 'nps')).toBe('')
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('#channel-name').innerText()).toBe('billing')
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('#channel-name').innerText()).toBe('sales')
    await page.keyboard.press('ArrowUp')
    expect(await page.locator('#channel-name').innerText()).toBe('billing')
    expect(await page.locator('[aria-current=true]').innerText()).toContain('billing')

    server.stats({ events: 1_235, rateLimited: 0, notice: null })
    await page.locator('#notice').waitFor({ state: 'hidden' })
    expect(complaints).toEqual([])
  })

  it('lets hostile text, names and icons put no element into the page and fetch nothing', async () => {
    const server = await serve()
    const { page, complaints } = await openPage(server.url)
    const hostile = [
      '<img src=x onerror="document.title=1"><script>document.title=2</script>',
      '*<b onmouseover=alert(1)>* `<i>` ```<iframe src=//evil.example>```',
      '<javascript:alert(1)|click> <data:text/html,x|click> <https://evil.example" onclick="alert(1)|quoted>',
      '</li></ol><style>*{display:none}</style>',
      ...HOSTILE_NAMES.map(({ shown }) => shown),
    ]
    for (const text of hostile) {
      server.publish(
        message(text, { username: text, iconUrl: 'https://evil.example/i.png', iconEmoji: text }),
      )
    }
    await page
      .locator('.message')
      .nth(hostile.length - 1)
      .waitFor()
    const inside = await page.locator('#messages').evaluate((list) => ({
      tags: [...new Set([...list.querySelectorAll('*')].map((one) => one.tagName))].sort(),
      attributes: [
        ...new Set([...list.querySelectorAll('*')].flatMap((one) => one.getAttributeNames())),
      ].sort(),
      links: [...list.querySelectorAll('a')].map((one) => new URL(one.href).protocol),
    }))
    const known = ['A', 'BR', 'CODE', 'DIV', 'EM', 'LI', 'OL', 'P', 'PRE', 'S', 'SPAN', 'STRONG', 'TIME']
    expect(inside.tags.filter((tag) => !known.includes(tag))).toEqual([])
    expect(inside.attributes.filter((name) => name.startsWith('on') || name === 'src')).toEqual([])
    expect(inside.links.filter((protocol) => protocol !== 'https:')).toEqual([])
    expect((await texts(page))[0]).toBe(hostile[0])
    expect(await page.title()).toBe('bellhop demo')
    expect(complaints).toEqual([])
  })

  it('follows the newest message, but does not pull away one who reads above', async () => {
    const server = await serve()
    for (let count = 0; count < 60; count++) server.publish(message(`old ${count}`))
    const { page } = await openPage(server.url)
    const scroll = page.locator('#scroll')
    const atEnd = () => scroll.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 2)
    await page.locator('.message').nth(59).waitFor()
    await expect.poll(atEnd).toBe(true)
    await scroll.evaluate((box) => {
      box.scrollTop = 0
    })
    server.publish(message('new 1'))
    server.publish(message('new 2'))
    await page.locator('#newer', { hasText: '2 new messages' }).waitFor()
    expect(await scroll.evaluate((box) => box.scrollTop)).toBe(0)
    await page.locator('#newer').click()
    await expect.poll(atEnd).toBe(true)
    expect(await page.locator('#newer').isVisible()).toBe(false)
  })

  it('comes back after a broken connection and shows what it missed, once', async () => {
    const server = await serve()
    const proxy = await startProxy(server.url)
    const { page, complaints } = await openPage(proxy.url)
    server.publish(message('one'))
    await page.locator('.message').first().waitFor()
    await proxy.pause()
    await page.locator('#lost-note').waitFor({ state: 'visible' })
    server.publish(message('two'))
    server.publish(message('three', { channel: 'nps' }))
    await proxy.resume()
    await page.locator('.message').nth(1).waitFor()
    server.publish(message('four'))
    await page.locator('.message').nth(2).waitFor()
    expect(await texts(page)).toEqual(['one', 'two', 'four'])
    expect(await unread(page, 'nps')).toBe('1')
    expect(await page.locator('#connection').innerText()).toBe('Live')
    expect(await page.locator('#lost-note').isVisible()).toBe(false)
    expect(complaints).toEqual([])
  })

  it('begins afresh with a server that was started anew', async () => {
    const first = await serve()
    const { page } = await openPage(first.url)
    first.publish(message('of the first'))
    await page.locator('.message').first().waitFor()
    await first.close()
    await page.locator('#connection[data-state=lost]').waitFor()
    const second = await serve(Number(new URL(first.url).port))
    second.publish(message('of the second'))
    await page.locator('.message', { hasText: 'of the second' }).waitFor()
    expect(await texts(page)).toEqual(['of the second'])
    expect(await page.locator('.channel').count()).toBe(CHANNELS.length)
    expect(await page.locator('#figure-messages').innerText()).toBe('1')
  })

  it('keeps the channels behind a button on a phone', async () => {
    const server = await serve()
    const { page } = await openPage(server.url, { width: 390, height: 780 })
    const sidebar = page.locator('#sidebar')
    expect(await sidebar.isVisible()).toBe(false)
    server.publish(message('n1', { channel: 'nps' }))
    await page.locator('#menu-dot').waitFor({ state: 'visible' })
    await page.locator('#menu').click()
    await page.locator('.channel', { hasText: 'nps' }).click()
    await sidebar.waitFor({ state: 'hidden' })
    expect(await texts(page)).toEqual(['n1'])
    const width = await page.locator('html').evaluate((root) => root.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
  })
})

/** A TCP proxy that can cut every connection and refuse new ones. */
async function startProxy(
  target: string,
): Promise<{ url: string; pause(): Promise<void>; resume(): Promise<void> }> {
  const { port, hostname } = new URL(target)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  const listen = (on: number) => new Promise<void>((resolve) => server.listen(on, '127.0.0.1', resolve))
  await listen(0)
  const address = server.address()
  const own = typeof address === 'object' && address !== null ? address.port : 0
  const pause = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  open.push({ close: () => (server.listening ? pause() : undefined) })
  return { url: `http://127.0.0.1:${own}`, pause, resume: () => listen(own) }
}
