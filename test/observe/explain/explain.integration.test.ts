import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explain as explainCommand } from '../../../src/cli/explain.ts'
import { createRecordCodecs } from '../../../src/kafka/record-codec.ts'
import type { Explanation } from '../../../src/observe/explain/explanation.ts'
import { captureIo } from '../../cli/support/captured-io.ts'
import { useConfigFiles } from '../../support/bellhop-config.ts'
import { eventually } from '../../support/eventually.ts'
import { testBrokers } from '../../support/kafka.ts'
import { offsetOf, producedAt, T0, type Told, tell } from './support/told-scene.ts'

/** The schemas' ids stand for a registry: what is written under them can be read without one. */
const IDS = { dispatch: 1, receipt: 2, deadLetter: 3, control: 4, status: 5 }

describe.each([
  ['JSON', createRecordCodecs()],
  ['Avro', createRecordCodecs({ schemas: null, ids: IDS })],
])('from records in %s', (form, codecs) => {
  const configFile = useConfigFiles()
  let told: Told
  beforeAll(async () => {
    told = await tell(codecs)
  })
  afterAll(async () => {
    await told.explainer.close()
    await told.scene.close()
  })

  const explain = (id: string): Promise<Explanation> =>
    told.explainer.explain(id, { sinceMs: T0, signal: new AbortController().signal })
  const textsOf = ({ steps }: Explanation): string[] =>
    steps.flatMap(({ stage, text, details }) => [`${stage}: ${text}`, ...details])

  it.each([
    [
      'delivered',
      'Delivered to sales 1.2 s after the event.',
      [
        'slack: Slack took it, 1.2 s after the event and 1.2 s after it was queued.',
        'receipt: Another receipt says that it was delivered once more: it may show twice.',
      ],
    ],
    [
      'coalesced',
      'Delivered to sales 1.2 s after the event.',
      ['It shared its post with 2 other messages of its lane (coalesced).'],
    ],
    ['held', 'Delivered to sales 31 s after the event.', ['after 1 attempt to post it', 'attempts: 2']],
    [
      'replayed',
      'Delivered to sales 58 s after the event.',
      ['dispatch: A message for sales was queued once more: its dead letter was replayed.'],
    ],
    ['silenced', 'Silenced: it was not posted to sales, on purpose.', ['why: load test']],
    [
      'moved',
      'Delivered to sales 31 s after the event.',
      [
        "dispatch: A message for sales was queued under its destination's new key, since the address had changed.",
      ],
    ],
    [
      'poison',
      'A dead letter: not_json.',
      ['dead_letter: It lies in the dead letters: the event is not valid JSON in UTF-8 (not_json).'],
    ],
    [
      'unmatched',
      'Nothing was sent for the event.',
      ['to-sales: properties.total > 100: properties.total is 42', '1 other action is not about this event.'],
    ],
    [
      'dead',
      'Given up 27 s after the event: destination_down, a dead letter.',
      [
        'dead_letter: It lies in the dead letters: the webhook, token or channel is gone or refuses (destination_down).',
      ],
    ],
    [
      'waiting',
      'Waiting for sales, for 9 min 51 s now.',
      [
        'No message of its lane is before it.',
        'sales is paused until it is resumed (ada@laptop): looking at it',
      ],
    ],
    ['unread', 'Match has not come to the event yet.', ['match: Match has not come to the event yet.']],
  ] as const)('an event that is %s', async (name, summary, told_) => {
    const id = `${told.events}:1:${offsetOf(name)}`
    const explanation = await explain(id)
    expect(explanation).toMatchObject({ asked: { id, kind: 'event_coordinates' }, found: true, summary })
    expect(textsOf(explanation)).toEqual(expect.arrayContaining([...told_]))
    if (name === 'poison') return
    const byMessageId = await explain(`m-${name}`)
    expect(byMessageId).toEqual({ ...explanation, asked: { id: `m-${name}`, kind: 'event_message_id' } })
  })

  it('one message, by its id', async () => {
    const id = `${told.events}:1:${offsetOf('dead')}:to-sales:sales`
    const explanation = await explain(id)
    expect(explanation).toMatchObject({ asked: { kind: 'message_id' }, found: true })
    expect(explanation.steps.at(-1)?.command).toBe(`bellhop dead replay ${id}`)
  })

  it('a message that was never made, with what stood in its way', async () => {
    const explanation = await explain(`${told.events}:1:${offsetOf('delivered')}:page:sales`)
    const summary = 'There is no such message, but 1 other of its event.'
    expect(explanation).toMatchObject({ found: true, summary })
    expect(textsOf(explanation)).toEqual(
      expect.arrayContaining([
        'page: type = "page": type is "track"',
        `${told.events}:1:${offsetOf('delivered')}:to-sales:sales`,
      ]),
    )
    expect(explanation.steps.at(-1)?.command).toBe(
      `bellhop explain ${told.events}:1:${offsetOf('delivered')}`,
    )
  })

  it('two events with one messageId, the newest first of all', async () => {
    const { summary, steps } = await explain('m-twice')
    expect(summary).toBe('2 events carry this messageId. The newest: Match has not come to the event yet.')
    const time = (offset: number): string =>
      `${new Date(producedAt(offset)).toISOString().slice(0, 19).replace('T', ' ')}Z`
    expect(steps[0]?.details).toEqual([
      `${time(11)}: ${told.events}:1:11`,
      `${time(12)}: ${told.events}:1:12`,
    ])
  })

  it.each([
    [
      ':7:1',
      'There is no such event, and no message or dead letter of one.',
      'has no partition 7: it has 2 partitions',
    ],
    [':1:99', 'There is no such event, and no message or dead letter of one.', 'gets offset 13.'],
  ])('what is not there: %s', async (place, summary, why) => {
    const explanation = await explain(`${told.events}${place}`)
    expect(explanation).toMatchObject({ found: false, summary })
    expect(explanation.steps[0]?.text).toContain(why)
  })

  it('an id that looks like coordinates of a topic that is not there', async () => {
    const { found, summary, steps } = await explain('nowhere:1:2')
    expect({ found, summary: summary.replace(/since .*Z/, 'since TIME') }).toEqual({
      found: false,
      summary: 'No event since TIME carries the messageId nowhere:1:2.',
    })
    expect(steps[0]?.details.at(-1)).toContain('there is no topic nowhere')
    expect(steps[0]?.command).toBe('bellhop explain nowhere:1:2 --since 7d')
  })

  // Fetches that were the first of a reader all at once left sockets open, which kept the process alive.
  it('leaves no connection open', async () => {
    const sockets = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
    await explain('m-held')
    const before = sockets()
    const explainer = told.openExplainer()
    const { signal } = new AbortController()
    await explainer.explain(`${told.events}:1:${offsetOf('held')}`, { sinceMs: T0, signal })
    expect(sockets()).toBeGreaterThan(before)
    await explainer.close()
    await eventually('its sockets are closed', () => sockets() <= before)
  })

  it('gives up once it is told to', async () => {
    const signal = AbortSignal.abort()
    await expect(told.explainer.explain('m-held', { sinceMs: T0, signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })

  // The command takes schemas from a registry, and these records come without one.
  if (form === 'Avro') return
  it('bellhop explain says it as text or as JSON, and 1 where nothing is known', async () => {
    const config = configFile(
      JSON.stringify({
        kafka: { brokers: testBrokers(), prefix: told.scene.prefix, events: [told.events] },
        destinations: { sales: { webhook_url: 'https://hooks.slack.com/services/T0/B0/sales' } },
        actions: [{ id: 'to-sales', trigger: 'type = "track"', message: 'hello' }],
      }),
    )
    const run = async (id: string, options: { json?: boolean } = {}) => {
      const io = captureIo()
      const code = await explainCommand(id, { config, since: '2h', ...options }, io)
      return { code, out: io.out().replaceAll(told.scene.prefix, 'PREFIX') }
    }
    const plain = await run(`${told.events}:1:0`)
    expect(plain.code).toBe(0)
    expect(plain.out).toContain('PREFIX.events:1:0 (an event)\nDelivered to sales 1.2 s after the event.\n')
    expect(plain.out).toContain('which may have decided otherwise')
    const json = await run('m-delivered', { json: true })
    expect(JSON.parse(json.out)).toMatchObject({
      asked: { id: 'm-delivered', kind: 'event_message_id' },
      found: true,
      records: { receipts: [{ outcome: 'delivered' }, { outcome: 'delivered' }] },
    })
    const dead = await run(`${told.events}:1:${offsetOf('dead')}`)
    expect(dead.out).toContain(
      `    bellhop dead replay PREFIX.events:1:${offsetOf('dead')}:to-sales:sales -c ${config}\n`,
    )
    expect((await run('m-nobody')).code).toBe(1)
  })
})
