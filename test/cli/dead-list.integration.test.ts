import { beforeAll, describe, expect, it } from 'vitest'
import { deadList } from '../../src/cli/dead/list.ts'
import { deadReplay } from '../../src/cli/dead/replay.ts'
import { deadShow } from '../../src/cli/dead/show.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'
import { openTransactionalWriter } from '../../src/kafka/transactional-writer.ts'
import { eventLetter, messageLetter } from '../dead/support/sample-letters.ts'
import type { Scene } from '../support/bellhop-scene.ts'
import { captureIo } from './support/captured-io.ts'
import { useDeadScenes } from './support/dead-scenes.ts'

const codecs = createRecordCodecs()
const HOUR_MS = 3_600_000
const { sceneWith, emptyScene, configOf } = useDeadScenes()

/** A broker that nobody listens at. */
const NOWHERE = ['127.0.0.1:1']

describe('bellhop dead list and show', () => {
  const nowMs = Date.now()
  const old = { recorded_at: nowMs - 48 * HOUR_MS }
  const recent = { recorded_at: nowMs - HOUR_MS }
  let scene: Scene

  beforeAll(async () => {
    scene = await sceneWith('dead-list', [
      { letter: messageLetter({ offset: 1, ...old }), timestamp: old.recorded_at },
      { letter: messageLetter({ offset: 2, ...recent }) },
      { letter: messageLetter({ offset: 3, cause: 'expired', ...recent }), partition: 1 },
      { letter: messageLetter({ offset: 4, destination: 'alerts', ...recent }), partition: 1 },
      { letter: eventLetter({ ...recent, value: 'no\u001b[31m json' }), partition: 1 },
      { letter: eventLetter({ ...recent, cause: 'render_failed', action: 'to-sales' }), partition: 1 },
    ])
    await scene.produce(
      [
        { value: 'foreign', partition: 1 },
        { value: null, partition: 1 },
      ],
      scene.topics.deadLetters,
    )
    // Offset 0 of partition 0 was replayed; the log ends with control records, of an aborted transaction too.
    const mark = { ...messageLetter(), kind: 'replayed' as const, message: null, answer: null, replays: 0 }
    const writer = await openTransactionalWriter(scene.kafka, `${scene.prefix}.mark`)
    const value = codecs.deadLetter.encode(mark)
    await writer.commit([{ topic: scene.topics.deadLetters, partition: 0, key: 'replayed/0', value }], [])
    await writer.discard()
    const producer = scene.kafka.producer({
      transactionalId: `${scene.prefix}.aborted`,
      idempotent: true,
      maxInFlightRequests: 1,
    })
    await producer.connect()
    const aborted = await producer.transaction()
    const lost = codecs.deadLetter.encode(messageLetter({ offset: 99 }))
    await aborted.send({ topic: scene.topics.deadLetters, messages: [{ value: lost, partition: 1 }] })
    await aborted.abort()
    await producer.disconnect()
  })

  it.each([
    ['all but those that were replayed', {}, ['2', '3', '4', '11', '11']],
    ['those that were replayed too', { all: true }, ['1', '2', '3', '4', '11', '11']],
    ['by destination', { destination: 'alerts' }, ['4']],
    ['by action', { action: 'to-sales' }, ['2', '3', '4', '11']],
    ['by cause', { cause: 'expired' }, ['3']],
    ['since a duration ago', { since: '24h', all: true }, ['2', '3', '4', '11', '11']],
    ['since a time', { since: new Date(nowMs - HOUR_MS / 2).toISOString() }, []],
    ['by two conditions', { cause: 'rejected', destination: 'sales' }, ['2']],
  ])('list, as JSON: %s', async (_what, options, offsets) => {
    const io = captureIo()
    const code = await deadList({ ...options, json: true, config: configOf(scene) }, io)
    const listed = io
      .out()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
    expect({ code, offsets: listed.map(({ id }) => id.split(':')[2]) }).toEqual({ code: 0, offsets })
    for (const { partition, offset, kind } of listed) {
      expect({ partition, offset, kind }).toEqual({
        partition: expect.any(Number),
        offset: expect.any(Number),
        kind: expect.stringMatching(/^(message|event)$/),
      })
    }
  })

  it('lists for people: a row a letter, the sum by cause, nothing that acts on a terminal', async () => {
    const io = captureIo()
    expect(await deadList({ config: configOf(scene) }, io)).toBe(0)
    const lines = io.out().split('\n')
    expect(lines[0]).toMatch(/^WHEN +CAUSE +DETAIL +ACTION +DESTINATION +TRIES +ID$/)
    expect(lines[1]).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ +rejected +invalid_payload +to-sales +sales +1 +events:0:2:to-sales:sales$/,
    )
    expect(io.out()).toContain(
      '5 dead letters: rejected 2, expired 1, not_json 1, render_failed 1; 1 more was replayed (--all shows them)',
    )
    expect(io.err()).toContain('1 record in')
    expect(io.out()).not.toContain('\u001b')
  })

  it('leaves no group behind', async () => {
    const { groups } = await scene.admin.listGroups()
    expect(groups.filter(({ groupId }) => groupId.startsWith(scene.prefix))).toEqual([])
  })

  it('says which name it may have been that no letter has', async () => {
    const io = captureIo()
    expect(await deadList({ destination: 'sale', config: configOf(scene) }, io)).toBe(0)
    expect(io.err()).toContain('the configuration has no destination "sale"; did you mean "sales"?')
  })

  it('shows a message in plain words, with the command that replays it', async () => {
    const io = captureIo()
    const config = configOf(scene)
    expect(await deadShow('events:0:2:to-sales:sales', { config }, io)).toBe(0)
    expect(io.out()).toContain('a message of action to-sales for destination sales')
    expect(io.out()).toContain('rejected: Slack will never take this message')
    expect(io.out()).toContain('400, invalid_payload')
    expect(io.out()).toContain('text 2')
    expect(io.out()).toContain(`bellhop dead replay -c ${config} events:0:2:to-sales:sales`)
  })

  it('shows every letter of an event, with nothing in it that acts on a terminal', async () => {
    const io = captureIo()
    expect(await deadShow('events:0:11', { config: configOf(scene) }, io)).toBe(0)
    expect(io.out()).toContain('not_json: the event is not valid JSON')
    expect(io.out()).toContain('render_failed: ')
    expect(io.out()).not.toContain('\u001b')
  })

  it('shows the record itself with --json', async () => {
    const io = captureIo()
    expect(await deadShow('events:0:1:to-sales:sales', { json: true, config: configOf(scene) }, io)).toBe(0)
    expect(JSON.parse(io.out())).toMatchObject({ replayed: true, ...messageLetter({ offset: 1, ...old }) })
  })

  it('shows nothing of an id that no letter has, and exits 1', async () => {
    const io = captureIo()
    expect(await deadShow('events:0:404:to-sales:sales', { config: configOf(scene) }, io)).toBe(1)
    expect(io.err()).toContain('holds no dead letter of events:0:404:to-sales:sales')
  })

  it('needs no secret: a webhook whose variable is not set can be listed', async () => {
    const config = configOf(scene, { destinations: { sales: { webhook_url: '${NOT_SET_ANYWHERE}' } } })
    expect(await deadList({ config }, captureIo())).toBe(0)
  })

  it('ends at once where there are no letters', async () => {
    const empty = await sceneWith('dead-none', [], { partitions: 2 })
    const io = captureIo()
    expect(await deadList({ config: configOf(empty) }, io)).toBe(0)
    expect(io.out()).toBe('no dead letters\n')
  })
})

describe('what cannot be done', () => {
  it.each([
    ['no topic: another prefix, perhaps', {}, 'topic_missing', /dead-letters does not exist/],
    [
      'no broker',
      { kafka: { brokers: NOWHERE } },
      'broker_unreachable',
      /Kafka does not answer at 127\.0\.0\.1:1: /,
    ],
  ])('%s', async (_what, more, code, message) => {
    const scene = await emptyScene('dead-nowhere')
    const config = configOf(scene, more)
    const failing = [
      deadList({ config }, captureIo()),
      deadShow('events:0:1', { config }, captureIo()),
      deadReplay([], { all: true, config }, captureIo()),
    ]
    await Promise.all(
      failing.map((command) =>
        expect(command).rejects.toMatchObject({ code, message: expect.stringMatching(message) }),
      ),
    )
  })
})
