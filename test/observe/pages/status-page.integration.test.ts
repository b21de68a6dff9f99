/** The status page in a real Chromium (Debian's), over a fake feed. Without Chromium it is not tested. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../../src/core/secret.ts'
import type { Overview } from '../../../src/observe/overview/overview.ts'
import { fakeExplanation } from './support/fake-explanation.ts'
import { fakeMessageOf as message } from './support/fake-message.ts'
import { fakeOverview } from './support/fake-overview.ts'
import { HOSTILE, hostileExplanation, hostileOverview } from './support/hostile-overview.ts'
import { inventoryOf, isChromiumMissing, useBrowser } from './support/open-page.ts'
import { startPages } from './support/start-pages.ts'

const openUrl = useBrowser()
const at = Date.now()

async function openPage(
  overview: Overview = fakeOverview({ at }),
  settings: Parameters<typeof openUrl>[1] = {},
) {
  const asked: string[] = []
  const explain = async (id: string) => {
    asked.push(id)
    if (id === 'unexplainable') throw new Error('secret')
    return fakeExplanation(id, at)
  }
  const started = await startPages({ explain })
  started.feed.publish(overview)
  const opened = await openUrl(started.url, settings)
  await opened.page.locator('body[data-filled]').waitFor()
  return { ...started, ...opened, overview, asked }
}

const texts = (page: Page) => page.locator('.message-text').allInnerTexts()
const lanes = (page: Page) => page.locator('#lanes .lane-name').allTextContents()
const focusedText = (page: Page) => page.locator(':focus .message-text').textContent()
const pageWidth = (page: Page) => page.locator('html').evaluate((root) => root.scrollWidth)

describe.skipIf(isChromiumMissing)('status page', () => {
  it('shows the whole group: who runs, the flow, lanes, messages, actions, dead letters, silences', async () => {
    const { page, complaints, overview } = await openPage()
    expect(await page.locator('#prefix').innerText()).toBe('bellhop')
    expect(await page.locator('#connection').innerText()).toBe('Live')
    expect(await page.locator('#verdict').innerText()).toBe('3 lanes in trouble, 1 process gone')
    expect(await page.locator('.process').first().innerText()).toMatch(
      /bellhop-2:19.*gone, last heard of 4\d s ago/s,
    )
    expect(await page.locator('.process').nth(1).innerText()).toMatch(/bellhop-0:17.*ready, up 3 h 3 min/s)
    expect(await page.locator('.station-name').allInnerTexts()).toEqual([
      'Events',
      'Match',
      'Dispatch',
      'Slack',
    ])
    expect(await page.locator('.bar').count()).toBe(24)
    expect(await page.locator('.bar').nth(16).getAttribute('title')).toContain(
      'partition 4: 5,120 behind, held by bellhop-0',
    )
    const first = await page.locator('#lanes .lane').first().innerText()
    expect(first).toMatch(
      /breaker open\s+billing\s+hooks\.slack\.com\s+0\s+–\s+1 \/ s\s+–\s+404 destination down\s+3\d s ago no_service\s+open/,
    )
    expect(await page.locator('#lanes .lane-next').nth(2).innerText()).toMatch(/in 2\d s/)
    expect(await lanes(page)).toEqual(overview.lanes.map(({ destinations }) => destinations[0]))
    expect(await page.locator('.message').count()).toBe(60)
    expect(await page.locator('.message time').first().getAttribute('title')).toMatch(/202\d-\d\d-\d\dT.*Z\)/)
    expect(await page.locator('.action').count()).toBe(10)
    const chart = await page.locator('.action svg').first().getAttribute('aria-label')
    expect(chart).toMatch(
      /order-completed, last hour: \d+ matching events, \d+ messages posted; most at \d\d:\d\d/,
    )
    expect(await page.locator('.letter').first().innerText()).toMatch(
      /37\s+destination down\s+billing.*bellhop dead replay/s,
    )
    expect(await page.locator('.control').first().innerText()).toMatch(
      /silenced\s+partners\s+1 h 3\d min left.*mina@ops-1/s,
    )
    // A line breaks between words only: half an option would read as another one.
    const words = page.locator('.letter').first().locator('.command-word')
    expect(await words.allTextContents()).toEqual(overview.letters[0]?.command.split(' '))
    expect(complaints).toEqual([])
  })

  it('shows what changes while one looks, and counts down', async () => {
    const { page, complaints, overview, feed } = await openPage()
    const inTrouble = overview.lanes.map((lane, index) =>
      index === 5 ? { ...lane, trouble: 'failing' as const, waiting: 1_234 } : lane,
    )
    const moved = [
      ...inTrouble.filter(({ waiting }) => waiting === 1_234),
      ...inTrouble.filter(({ waiting }) => waiting !== 1_234),
    ]
    const fresh = message('a new one')
    feed.publish({
      ...overview,
      at: at + 2_000,
      lanes: moved,
      messages: [fresh, ...overview.messages],
      controls: [],
    })
    await page.locator('.message', { hasText: 'a new one' }).waitFor()
    expect((await texts(page)).length).toBe(61)
    expect((await lanes(page))[0]).toBe(overview.lanes[5]?.destinations[0])
    expect(await page.locator('#lanes .lane-waiting').first().innerText()).toBe('1,234')
    expect(await page.locator('#controls-empty').isVisible()).toBe(true)
    expect(await page.locator('#verdict').innerText()).toContain('4 lanes in trouble')
    const next = page.locator('#lanes .lane', { hasText: 'rate limited' }).locator('.lane-next')
    const before = await next.innerText()
    await expect.poll(() => next.innerText(), { timeout: 10_000 }).not.toBe(before)
    expect(complaints).toEqual([])
  })

  it('finds messages by words and filters, and goes on finding as they come', async () => {
    const messages = [
      message('Mina ordered A-1'),
      message('Søren ordered A-2', { destination: 'nps', action: 'nps-detractor' }),
      message('lost', {
        outcome: 'dead_lettered',
        cause: 'rejected',
        detail: 'no_text',
        status: 400,
        breaker: 'closed',
      }),
      message('later', { outcome: null, heldUntil: at + 60_000 }),
    ]
    const overview = { ...fakeOverview({ at }), messages }
    const { page, feed } = await openPage(overview)
    await page.locator('#search').fill('ORDERED a-')
    expect(await texts(page)).toEqual(['Mina ordered A-1', 'Søren ordered A-2'])
    expect(await page.locator('#messages-note').innerText()).toBe('2 of the newest 4')
    await page.locator('#filter-destination').selectOption('nps')
    expect(await texts(page)).toEqual(['Søren ordered A-2'])
    feed.publish({
      ...overview,
      messages: [message('Ada ordered A-3', { destination: 'nps' }), message('Bo ordered A-4'), ...messages],
    })
    await page.locator('.message', { hasText: 'A-3' }).waitFor()
    expect(await texts(page)).toEqual(['Ada ordered A-3', 'Søren ordered A-2'])
    await page.locator('#filter-destination').selectOption('')
    await page.locator('#search').fill('')
    await page.locator('#filter-outcome').selectOption('held')
    expect(await texts(page)).toEqual(['later'])
    await page.locator('#filter-outcome').selectOption('dead_lettered')
    expect(await page.locator('.message-more').allInnerTexts()).toEqual(['rejected · HTTP 400 · no_text'])
    await page.locator('#filter-action').selectOption('nps-detractor')
    expect(await page.locator('#messages-empty').innerText()).toBe('None of the newest messages fits.')
  })

  it('holds the stream still on request, and says how many are new', async () => {
    const overview = { ...fakeOverview({ at }), messages: [message('one')] }
    const { page, feed } = await openPage(overview)
    await page.keyboard.press('p')
    feed.publish({ ...overview, messages: [message('three'), message('two'), message('one')] })
    await page.locator('#pause', { hasText: 'Go on, 2 new' }).waitFor()
    expect(await texts(page)).toEqual(['one'])
    await page.locator('#pause').click()
    expect(await texts(page)).toEqual(['three', 'two', 'one'])
  })

  it('is used by keys alone', async () => {
    const messages = ['one', 'two yes', 'three yes'].map((text) => message(text))
    const { page, feed, overview, asked } = await openPage({ ...fakeOverview({ at }), messages })
    await page.keyboard.press('Tab')
    expect(await page.locator(':focus').textContent()).toBe('Skip to the messages')
    await page.locator('#filter-outcome').focus()
    await page.keyboard.press('/')
    expect(await page.locator(':focus').getAttribute('id')).toBe('search')
    await page.keyboard.type('yes')
    await page.keyboard.press('ArrowDown')
    expect(await focusedText(page)).toBe('two yes')
    await page.keyboard.press('j')
    expect(await focusedText(page)).toBe('three yes')
    await page.keyboard.press('ArrowDown')
    expect(await focusedText(page)).toBe('three yes')
    await page.keyboard.press('k')
    expect(await focusedText(page)).toBe('two yes')
    feed.publish({ ...overview, messages: [message('ten yes'), ...messages] })
    await page.locator('.message', { hasText: 'ten yes' }).waitFor()
    expect(await focusedText(page)).toBe('two yes')
    await page.keyboard.press('Enter')
    await page.locator('#explain[open] .step').first().waitFor()
    expect(asked).toEqual([messages[1]?.id])
    await page.keyboard.press('Escape')
    await page.locator('#explain').waitFor({ state: 'hidden' })
    expect(await focusedText(page)).toBe('two yes')
  })

  it('explains a message, with a command to copy, and an id that was typed', async () => {
    const { page, complaints, asked } = await openPage()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.locator('.message').first().click()
    await page.locator('.step').nth(4).waitFor()
    expect(await page.locator('.explain-summary').innerText()).toContain('Given up after 1 attempt')
    const stages = await page.locator('.step-stage').allInnerTexts()
    expect(stages.join(', ')).toBe('event, match, dispatch, Slack, dead letter')
    expect(await page.locator('.step').nth(3).innerText()).toMatch(/trouble\s+\d\d:\d\d:\d\d\s+\d+ s ago/)
    expect(await page.locator('.step-clock').first().getAttribute('title')).toContain('T')
    await page.locator('.step .copy').click()
    await page.locator('.copy', { hasText: 'Copied' }).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(`bellhop dead replay ${asked[0]}`)
    await page.keyboard.press('Escape')
    await page.locator('#search').fill('analytics.events:3:42')
    await page.keyboard.press('Enter')
    await page.locator('.step').first().waitFor()
    expect(asked.at(-1)).toBe('analytics.events:3:42')
    expect(new URL(page.url()).hash).toBe('#explain=analytics.events%3A3%3A42')
    await page.reload()
    await page.locator('#explain-id', { hasText: 'analytics.events:3:42' }).waitFor()
    await page.keyboard.press('Escape')
    await page.locator('#search').fill('unexplainable')
    await page.keyboard.press('Enter')
    await page.locator('.explain-note', { hasText: 'it could not be explained' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('lets nothing that others wrote become a part of the page', async () => {
    const { url, feed } = await startPages({ explain: async () => hostileExplanation() })
    feed.publish(hostileOverview(at))
    const { page, complaints } = await openUrl(url)
    await page.locator('body[data-filled]').waitFor()
    await page.locator('.message').first().click()
    await page.locator('.step').first().waitFor()
    const inside = await inventoryOf(page)
    expect(inside.scripts).toBe(2)
    expect(
      inside.tags.filter((tag) => ['iframe', 'style', 'b', 'object', 'embed', 'base', 'meta'].includes(tag)),
    ).toEqual([])
    expect(inside.handlers).toEqual([])
    expect(inside.sources).toEqual(['#messages-panel', '/status/icon.svg'])
    const shown = await texts(page)
    for (const text of [HOSTILE.image, HOSTILE.closing]) expect(shown).toContain(text)
    expect(shown).toContain('rtl \\u202eexe.gpj\\u2066 bell \\u0007\\u009b31m')
    expect(await page.locator('.step .command-text').innerText()).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u202e]/,
    )
    expect(await page.title()).toContain('bellhop')
    expect(complaints).toEqual([])
  })

  it('has no sideways scroll on a phone, whatever names are like', async () => {
    const viewport = { width: 360, height: 740 }
    const { page } = await openPage(hostileOverview(at), { viewport })
    expect(await pageWidth(page)).toBe(360)
    await page.locator('.partitions summary').first().click()
    expect(await pageWidth(page)).toBe(360)
    await page.locator('.message').first().click()
    await page.locator('.step').first().waitFor()
    expect(await pageWidth(page)).toBe(360)
    expect(await page.locator('#explain').evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0)
  })

  it('follows the system in dark and light, until one is chosen, which it remembers', async () => {
    const { page } = await openPage(fakeOverview({ at }), { colorScheme: 'dark' })
    const paper = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const dark = await paper()
    await page.locator('#theme').click()
    const light = await paper()
    expect(light).not.toBe(dark)
    await page.reload()
    expect(await paper()).toBe(light)
    expect(await page.locator('#theme').innerText()).toBe('Dark theme')
  })

  it('shows the first hundred of a thousand lanes, and all on request', async () => {
    const { page, overview, feed } = await openPage(fakeOverview({ at, lanes: 1_000, actions: 60 }))
    expect(await page.locator('#lanes .lane').count()).toBe(100)
    await page.locator('#lanes-all', { hasText: 'Show all 1,000' }).click()
    expect(await page.locator('#lanes .lane').count()).toBe(1_000)
    feed.publish({ ...overview, lanes: overview.lanes.toReversed() })
    const last = overview.lanes.at(-1)?.destinations[0] ?? ''
    await page.locator('#lanes .lane:first-child', { hasText: last }).waitFor()
    expect(await lanes(page)).toEqual(overview.lanes.toReversed().map(({ destinations }) => destinations[0]))
    expect(await page.locator('.action').count()).toBe(24)
  })

  it('says since when it is disconnected, and comes back by itself', async () => {
    const { page, server, overview } = await openPage()
    await server.close()
    await page.locator('#lost').waitFor({ state: 'visible' })
    expect(await page.locator('#lost').innerText()).toMatch(
      /^Disconnected since \d\d:\d\d:\d\d \(.*\)\. What is shown is from before/,
    )
    expect(await page.locator('.message').count()).toBe(60)
    const again = await startPages({}, { port: server.address.port })
    again.feed.publish({ ...overview, prefix: 'back' })
    await page.locator('#prefix', { hasText: 'back' }).waitFor()
    expect(await page.locator('#lost').isVisible()).toBe(false)
    expect(await page.locator('#connection').innerText()).toBe('Live')
  })

  it('takes the stream up again when nothing is heard of it any more', async () => {
    const { page, url } = await openPage()
    await page.clock.install()
    await page.reload()
    await page.locator('#connection[data-state=live]').waitFor()
    const again = page.waitForRequest(`${url}/api/events`)
    await page.clock.fastForward(20_000)
    await again
  })

  it('beyond loopback asks for the token, and then shows all', async () => {
    const token = new Secret('token-of-this-test-2b1c')
    const { url } = await startPages({ token: () => token }, { host: '0.0.0.0' })
    const { page, complaints } = await openUrl(url)
    await page.locator('#token').fill('wrong')
    await page.keyboard.press('Enter')
    await page.locator('.sign-in-problem').waitFor()
    await page.locator('#token').fill(token.reveal())
    await page.keyboard.press('Enter')
    await page.locator('.message').first().waitFor()
    expect(page.url()).toBe(`${url}/`)
    expect(await page.evaluate('document.cookie')).toBe('')
    await page.context().clearCookies()
    await page.reload()
    await page.locator('#token').waitFor()
    expect(complaints).toEqual([])
  })
})
