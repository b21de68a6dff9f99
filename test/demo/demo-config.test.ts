import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import avro, { type Type } from 'avsc'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { formatProblems, loadConfig } from '../../src/config/load.ts'
import { seededRandom } from '../../src/core/random.ts'
import { createAvroEvents } from '../../src/demo/avro-events.ts'
import { DEMO_CHANNELS, demoConfigYaml, demoEventsTopic } from '../../src/demo/demo-config.ts'
import { JSON_EVENTS } from '../../src/demo/event-encoding.ts'
import type { Step } from '../../src/demo/scenario/step.ts'
import { createScenario } from '../../src/demo/scenario.ts'
import type { EventRecord } from '../../src/event/event.ts'
import { createEventFormats } from '../../src/event/event-formats.ts'
import { createMatcher } from '../../src/match/match-event.ts'
import { AVRO_OPTIONS } from '../../src/registry/avro-types.ts'
import type { SchemaRegistry } from '../../src/registry/schema-registry.ts'
import type { KnownSchemas } from '../../src/registry/schema-store.ts'

const ORIGIN = 'http://127.0.0.1:3999'
const REGISTRY = 'http://127.0.0.1:8081/apis/ccompat/v7'
let folder: string
let config: Config
let avroConfig: Config

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bellhop-demo-config-'))
  config = await loaded(null)
  avroConfig = await loaded(REGISTRY)
})

afterAll(() => rm(folder, { recursive: true }))

async function loaded(registryUrl: string | null): Promise<Config> {
  const file = path.join(folder, 'demo.yaml')
  const at = { brokers: ['127.0.0.1:9092'], prefix: 'demo-x1', simulatorOrigin: ORIGIN, registryUrl }
  await writeFile(file, demoConfigYaml(at))
  const loaded = await loadConfig(file, { env: {}, secrets: 'required' })
  if (loaded.kind === 'invalid') throw new Error(formatProblems(loaded.problems))
  expect(loaded.warnings).toEqual([])
  return loaded.config
}

/** A registry that keeps what is registered, and the types that readers get of it. */
function emptyRegistry(): { registry: SchemaRegistry; schemas: KnownSchemas; subjects: string[] } {
  const types: Type[] = []
  const subjects: string[] = []
  return {
    subjects,
    schemas: { get: (id) => types[id - 1] ?? 'unknown' },
    registry: {
      schema: async (id) => types[id - 1] ?? null,
      async register(subject, schemaJson) {
        subjects.push(subject)
        return types.push(avro.Type.forSchema(JSON.parse(schemaJson), { ...AVRO_OPTIONS }))
      },
      close: async () => undefined,
    },
  }
}

function recordOf(step: Step, offset: number, { encode } = JSON_EVENTS): EventRecord {
  const value = step.kind === 'poison' ? step.raw : encode(step.event)
  return {
    topic: demoEventsTopic('demo-x1'),
    partition: 0,
    offset,
    timestamp: 1_769_846_400_000,
    key: Buffer.from(step.key),
    value,
    headers: [],
  }
}

describe('demo configuration', () => {
  it('has a destination for each channel of the page, and no other', () => {
    expect([...config.destinations.keys()].sort()).toEqual(
      DEMO_CHANNELS.map(({ destination }) => destination).sort(),
    )
  })

  it.each(DEMO_CHANNELS)('leads $destination to its target', ({ destination, target, name }) => {
    const configured = config.destinations.get(destination)
    if (configured?.type === 'webhook') expect(configured.url.reveal()).toBe(`${ORIGIN}${target}`)
    else if (configured?.type === 'api') {
      expect(configured.channel).toBe(`#${name}`)
      expect(configured.methodUrl).toBe(`${ORIGIN}/api/chat.postMessage`)
      expect(target).toBe(name)
    } else expect.unreachable(`${destination} posts nothing`)
  })

  it('posts to one channel with a token', () => {
    expect([...config.destinations.values()].filter(({ type }) => type === 'api')).toHaveLength(1)
  })

  it('names the registry, and the format of the events, where they are in Avro', () => {
    expect(config).toMatchObject({ registry: null, kafka: { events: [{ format: 'json' }] } })
    expect(avroConfig).toMatchObject({
      registry: { url: REGISTRY, unknownSchemaWaitMs: 1_000 },
      kafka: { events: [{ format: 'avro' }] },
    })
  })

  it.each([
    { form: 'JSON', seed: 11 },
    { form: 'JSON', seed: 12 },
    { form: 'Avro', seed: 11 },
    { form: 'Avro', seed: 13 },
  ])('makes of every event in $form what the generator expects (seed $seed)', async ({ form, seed }) => {
    const { registry, schemas, subjects } = emptyRegistry()
    const inAvro = form === 'Avro'
    const events = inAvro ? await createAvroEvents(registry, demoEventsTopic('demo-x1')) : JSON_EVENTS
    const used = inAvro ? avroConfig : config
    const match = createMatcher(used, createEventFormats(used.kafka.events, schemas))
    const startMs = 1_769_846_400_000
    const scenario = createScenario({ random: seededRandom(seed), startMs, rate: 20, poison: events.poison })
    let messages = 0
    for (let offset = 0; offset < 10_000; offset++) {
      const step = scenario.next()
      const matched = match(recordOf(step, offset, events))
      const made = matched.messages.map(({ record }) => ({
        destination: record.destination,
        text: record.message.text,
      }))
      expect(made).toEqual(step.kind === 'poison' ? [] : step.expected)
      expect(matched.failures.map(({ cause }) => cause)).toEqual(
        step.expectedDeadLetter === null ? [] : [step.expectedDeadLetter],
      )
      messages += made.length
    }
    expect(messages).toBeGreaterThan(1_500)
    expect(subjects).toEqual(inAvro ? Array(2).fill('demo-x1.analytics.events-value') : [])
    expect(events.figures().join()).toMatch(inAvro ? /3,\d+ events by older.*6,\d+ events by newer/ : /^$/)
  })
})
