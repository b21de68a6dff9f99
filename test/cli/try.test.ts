import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { type TryOptions, tryEvents } from '../../src/cli/try.ts'
import { writeFiles } from '../config/load-text.ts'
import { captureIo } from './support/captured-io.ts'

const CONFIG = `
kafka: { brokers: "localhost:9092", events: [orders, signups] }
destinations:
  sales: { webhook_url: "\${UNSET_WEBHOOK}" }
  vip: { webhook_url: "\${WEBHOOK}", channel: "#vip" }
  closed: { type: blackhole, enabled: false }
actions:
  - id: order
    trigger: type = "track" and event = "Order Completed"
    message: |-
      {{ properties.name }} ordered {{ "2026-01-02T03:00:00Z" | ago }}
      & paid {{ properties.total }}
    destination: [sales, vip]
  - id: big
    trigger: type = "track" and event = "Order Completed" and properties.total > 100
    message: big
    destination: vip
    username: Shop
    icon_emoji: ":moneybag:"
    channel: "#big"
  - { id: off, enabled: false, trigger: type = "track", message: "off", destination: vip }
  - { id: closing, trigger: properties.total = 42, message: "x", destination: closed }
  - { id: page, trigger: type = "page", message: "page", destination: vip }
  - { id: paid, trigger: type = "track" and event = "Order Paid" and properties.total > 100, message: "x", destination: vip }
  - { id: other, trigger: type = "track", message: "x", destination: vip, topics: [signups] }
`
const ORDER = {
  type: 'track',
  event: 'Order Completed',
  userId: 'u1',
  timestamp: '2026-01-02T03:05:00Z',
  properties: { name: 'A <b>\u001b[31m', total: 42 },
}

async function run(events: string, options: Partial<TryOptions> = {}) {
  const folder = writeFiles({ 'bellhop.yaml': CONFIG, 'events.json': events })
  const io = captureIo({ WEBHOOK: 'https://hooks.slack.com/services/T0/B0/verysecretvalue' })
  const code = await tryEvents(join(folder, 'events.json'), { config: folder, last: '100', ...options }, io)
  return { code, out: io.out().replaceAll(`${folder}/`, ''), err: io.err().replaceAll(`${folder}/`, '') }
}

describe('bellhop try with one event', () => {
  it('shows each text as it would go out, and why the rest would not, nearest first', async () => {
    expect(await run(JSON.stringify(ORDER))).toEqual({
      code: 0,
      out: `events.json: track "Order Completed" of "u1", in orders at 2026-01-02 03:05:00Z

order -> sales, vip
    A &lt;b&gt;[31m ordered 5 min ago
    & paid 42

not sent:
  off: it is disabled; its trigger holds
  closing: its trigger holds, but closed is disabled
  big: properties.total > 100: properties.total is 42
  page: type = "page": type is "track"
  paid: event = "Order Paid": event is "Order Completed"
  other: it listens to signups only
`,
      err: 'warning: bellhop.yaml:4:26: the environment variable UNSET_WEBHOOK is not set\n',
    })
  })

  it('shows what an action puts in place of its destination', async () => {
    const { out } = await run(JSON.stringify({ ...ORDER, properties: { total: 101 } }), { action: 'big' })
    expect(out).toContain('\nbig -> vip (channel #big, as Shop, :moneybag:)\n    big\n')
    expect(out).not.toContain('not sent')
  })

  it('takes another topic than the first', async () => {
    const { out } = await run(JSON.stringify(ORDER), { topic: 'signups', action: 'other' })
    expect(out).toContain(', in signups at 2026-01-02 03:05:00Z\n\nother -> vip\n    x\n')
  })

  it('shows no secret, whoever wrote it', async () => {
    const leaking = {
      ...ORDER,
      userId: 'https://hooks.slack.com/services/T0/B0/verysecretvalue',
      properties: { name: 'verysecretvalue', total: 1 },
    }
    const { out } = await run(JSON.stringify(leaking))
    expect(out).not.toContain('verysecretvalue')
    expect(out).toContain('<redacted> ordered')
  })

  it('tells of a message that is cut', async () => {
    const { out } = await run(
      JSON.stringify({ ...ORDER, properties: { name: 'x'.repeat(5_000), total: 1 } }),
      { action: 'order' },
    )
    expect(out).toContain('order: its message is longer than Slack takes, and is cut')
  })

  it('reads standard input where the file is -', async () => {
    const folder = writeFiles({ 'bellhop.yaml': CONFIG })
    const args = ['src/main.ts', 'try', '-', '--action', 'page', '-c', folder]
    const child = spawn(process.execPath, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, WEBHOOK: 'https://hooks.slack.com/services/x' },
    })
    child.stdin.end('{"type":"page"}')
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    expect(code).toBe(0)
    expect(out).toMatch(/^standard input: page, in orders at [^\n]+\n\npage -> vip\n {4}page\n$/)
  })
})

describe('bellhop try with many events', () => {
  const lines = [
    ORDER,
    { type: 'page', timestamp: '2026-01-02T03:05:01Z' },
    {
      type: 'track',
      event: 'Order Completed',
      timestamp: '2026-01-02T03:05:02Z',
      integrations: { All: false },
    },
    { type: 'track', event: 'Order Started', timestamp: '2026-01-02T03:05:03Z' },
    { type: 'identify', timestamp: '2026-01-02T03:05:04Z', traits: {} },
  ]
    .map((event) => JSON.stringify(event))
    .join('\n')

  it('gives a few lines for each, and totals', async () => {
    expect(
      (await run(lines)).out,
    ).toBe(`2026-01-02 03:05:00Z  events.json, event 1  track "Order Completed" of "u1"  2 messages
  order -> sales: A &lt;b&gt;[31m ordered 5 min ago ⏎ & paid 42
  order -> vip: A &lt;b&gt;[31m ordered 5 min ago ⏎ & paid 42
  closing: its trigger holds, but closed is disabled
2026-01-02 03:05:01Z  events.json, event 2  page  1 message
  page -> vip: page
2026-01-02 03:05:02Z  events.json, event 3  track "Order Completed"  nothing
  order: its trigger holds, but the event's integrations withhold it from Slack, Actions Slack
2026-01-02 03:05:03Z  events.json, event 4  track "Order Started"  nothing
2026-01-02 03:05:04Z  events.json, event 5  identify  nothing

5 events: 3 messages for 2 events

ACTION   EVENTS  FIRED  MESSAGES  MOST OFTEN FALSE FIRST
order    2       2      2
closing  5       1      0         4 x properties.total = 42
page     1       1      1
big      2       0      0         2 x properties.total > 100
off      3       0      0         disabled
paid     0       0      0
other    0       0      0
`)
  })

  it('names the nearest action where nothing is sent', async () => {
    const paid = { type: 'track', event: 'Order Paid', timestamp: ORDER.timestamp, properties: { total: 1 } }
    const { out } = await run(JSON.stringify([paid, { type: 'identify' }]))
    expect(out.split('\n').slice(0, 2)).toEqual([
      '2026-01-02 03:05:00Z  events.json, event 1  track "Order Paid"  nothing',
      '  nearest paid: properties.total > 100: properties.total is 1',
    ])
    expect(out.match(/nearest/g)).toHaveLength(1)
  })

  it('gives the whole reason for one action', async () => {
    const { out } = await run(lines, { action: 'big' })
    expect(out.match(/^ {2}big: .*$/gm)).toEqual([
      '  big: properties.total > 100: properties.total is 42',
      '  big: type = "track": type is "page"',
      '  big: properties.total > 100: properties.total is missing',
      '  big: event = "Order Completed": event is "Order Started"',
      '  big: type = "track": type is "identify"',
    ])
  })
})

describe('bellhop try refuses', () => {
  it.each<[string, string | Buffer | undefined, Partial<TryOptions>, string]>([
    [
      'no events',
      undefined,
      {},
      'name a file with events, or a topic: `bellhop try event.json` (- reads standard input), or `bellhop try --topic T --last 100`',
    ],
    ['a file that is not there', 'nowhere.json', {}, 'cannot read nowhere.json: there is no such file'],
    [
      'a topic that is not read',
      '{}',
      { topic: 'order' },
      'the configuration does not read order; kafka.events names orders, signups',
    ],
    [
      'an action that is not there',
      '{}',
      { action: 'ordr' },
      'the configuration has no such action as ordr; did you mean "order"?',
    ],
    [
      'a number of events that is none',
      undefined,
      { topic: 'orders', last: 'ten' },
      '--last must be a whole number from 1 to 10,000',
    ],
    [
      'what is no JSON',
      '{"a": }',
      {},
      'events.json:1:7: this is not JSON: expected a value; a text stands in double quotes',
    ],
  ])('%s', async (_, content, options, message) => {
    const folder = writeFiles({ 'bellhop.yaml': CONFIG, 'events.json': content ?? '' })
    const file =
      content === undefined ? undefined : content === 'nowhere.json' ? content : join(folder, 'events.json')
    const io = captureIo({ WEBHOOK: 'https://hooks.slack.com/services/x' })
    await expect(tryEvents(file, { config: folder, last: '100', ...options }, io)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    })
  })
})
