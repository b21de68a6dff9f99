import avro from 'avsc'
import { afterAll, describe, expect, it } from 'vitest'
import { deadList } from '../../src/cli/dead/list.ts'
import { deadReplay } from '../../src/cli/dead/replay.ts'
import { deadShow } from '../../src/cli/dead/show.ts'
import { openRecordCodecs } from '../../src/kafka/record-codec-open.ts'
import { freePorts } from '../../src/local/ports.ts'
import { openRegistry } from '../../src/registry/open-registry.ts'
import { systemClock } from '../../src/system.ts'
import { eventLetter, messageLetter } from '../dead/support/sample-letters.ts'
import { type Scene, schemaIdOf } from '../support/bellhop-scene.ts'
import { readTopic } from '../support/read-topic.ts'
import { testRegistry } from '../support/registry.ts'
import { captureIo } from './support/captured-io.ts'
import { useDeadScenes, writeLetters } from './support/dead-scenes.ts'

const registryUrl = await testRegistry()
const { sceneWith, configOf } = useDeadScenes()
const settings = { auth: null, ca: null, timeoutMs: 5_000, unknownSchemaWaitMs: 100 }
const opened = openRegistry({ ...settings, url: registryUrl }, systemClock)
afterAll(() => opened?.registry.close())

/** With letters in JSON, from before there was a registry, and behind them others in Avro. */
async function mixedScene(name: string): Promise<Scene> {
  const scene = await sceneWith(name, [{ letter: messageLetter({ offset: 1, text: 'from JSON' }) }], {
    registryUrl,
  })
  const { deadLetter } = await openRecordCodecs(opened, scene.topics)
  const more = [2, 3].map((offset) => ({ letter: messageLetter({ offset, text: `from Avro ${offset}` }) }))
  await writeLetters(scene, more, deadLetter)
  return scene
}

const withRegistry = (scene: Scene, url = registryUrl): string => configOf(scene, { registry: { url } })

/** The ids that `dead list` gives. */
async function listed(config: string): Promise<string[]> {
  const io = captureIo()
  expect(await deadList({ json: true, config }, io)).toBe(0)
  const lines = io.out().split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line).id)
}

describe('letters in JSON and in Avro', () => {
  it('are listed, shown and replayed alike, and what comes of it is in Avro', async () => {
    const scene = await mixedScene('dead-mixed')
    const config = withRegistry(scene)
    const id = (offset: number): string => `events:0:${offset}:to-sales:sales`
    expect(await listed(config)).toEqual([1, 2, 3].map(id))

    const shown = captureIo()
    expect(await deadShow(id(2), { config }, shown)).toBe(0)
    expect(shown.out()).toContain('text      from Avro 2')

    const dry = captureIo()
    expect(await deadReplay([], { all: true, dryRun: true, config }, dry)).toBe(0)
    expect(dry.out()).toContain('3 letters would be replayed')

    const io = captureIo()
    expect(await deadReplay([id(1), id(3)], { config }, io)).toBe(0)
    expect(io.out()).toContain('2 letters replayed: 2 messages are queued again')
    expect(await listed(config)).toEqual([id(2)])
    const queued = await scene.records('dispatch')
    expect(queued.map(({ value }) => value.message.text)).toEqual(['from JSON', 'from Avro 3'])
    const written = await readTopic(scene.kafka, scene.topics.dispatch)
    expect(written.map(({ value }) => schemaIdOf(value) !== null)).toEqual([true, true])

    const again = captureIo()
    expect(await deadReplay([], { all: true, config }, again)).toBe(0)
    expect(again.out()).toContain('1 letter replayed')
    expect(await scene.records('dispatch')).toHaveLength(3)
  })

  it.each([
    ['list', (config: string) => deadList({ config }, captureIo())],
    ['show', (config: string) => deadShow('events:0:2', { config }, captureIo())],
    ['replay', (config: string) => deadReplay([], { all: true, config }, captureIo())],
  ])('make dead %s say what to do where no registry is configured, or none answers', async (_name, command) => {
    const scene = await mixedScene('dead-unread')
    await expect(command(configOf(scene))).rejects.toThrow(/in Avro \(schema \d+\).*set registry\.url/)
    const [port = 0] = await freePorts(1)
    await expect(command(withRegistry(scene, `http://127.0.0.1:${port}`))).rejects.toThrow(
      `the schema registry at http://127.0.0.1:${port} does not answer`,
    )
    expect(await scene.records('dispatch')).toEqual([])
  })
})

describe('letters of events in Avro', () => {
  const type = avro.Type.forSchema({
    type: 'record',
    name: 'Event',
    fields: [
      { name: 'type', type: 'string' },
      { name: 'event', type: 'string' },
      { name: 'properties', type: { type: 'map', values: 'string' } },
    ],
  })

  it('hold the bytes as they were read, and are decoded again with the schema of their writer', async () => {
    const scene = await sceneWith('dead-avro-event', [], { registryUrl })
    const schemaId = await opened?.registry.register(`${scene.events}-value`, JSON.stringify(type.schema()))
    const eventOf = (text: string): Buffer => {
      const head = Buffer.alloc(5)
      head.writeInt32BE(schemaId ?? 0, 1)
      return Buffer.concat([head, type.toBuffer({ type: 'track', event: 'to sales', properties: { text } })])
    }
    const long = eventOf(`long ${'x'.repeat(70_000)}`)
    await scene.produce([{ value: long, partition: 0 }])
    const { deadLetter } = await openRecordCodecs(opened, scene.topics)
    const letterOf = (offset: number, value: Buffer) =>
      eventLetter({
        cause: 'unknown_schema',
        raw: {
          topic: scene.events,
          offset,
          value: { encoding: 'base64', data: value.subarray(0, 65_536).toString('base64') },
          value_bytes: value.length,
        },
      })
    const letters = [letterOf(0, long), letterOf(8, eventOf('short'))].map((letter) => ({ letter }))
    await writeLetters(scene, letters, deadLetter)

    const events = [{ topic: scene.events, format: 'avro', start: 'earliest' }]
    const config = configOf(scene, { registry: { url: registryUrl }, kafka: { events } })
    const io = captureIo()
    expect(await deadReplay([], { all: true, config }, io)).toBe(0)
    expect(io.out()).toContain('2 letters replayed: 2 messages are queued again')
    const queued = (await scene.records('dispatch')).map(({ value }) => [
      value.event.offset,
      value.message.text,
    ])
    expect(queued).toEqual([
      [0, expect.stringMatching(/^long x{3000}/)],
      [8, 'short'],
    ])
  })

  it('stay where the registry still does not know their schema, after a bounded wait', async () => {
    const scene = await sceneWith('dead-avro-unknown', [], { registryUrl })
    const value = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3])
    const raw = {
      topic: scene.events,
      value: { encoding: 'base64' as const, data: value.toString('base64') },
      value_bytes: 8,
    }
    await writeLetters(scene, [{ letter: eventLetter({ cause: 'unknown_schema', raw }) }])
    const events = [{ topic: scene.events, format: 'avro', start: 'earliest' }]
    const registry = { url: registryUrl, unknown_schema_wait: '100ms' }
    const io = captureIo()
    expect(
      await deadReplay([], { all: true, config: configOf(scene, { registry, kafka: { events } }) }, io),
    ).toBe(0)
    expect(io.out()).toContain('still_poison: it fails as it did before (unknown_schema: ')
    expect(await scene.records('deadLetters')).toHaveLength(1)
  })
})
