import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { formatProblems, loadConfig } from '../../src/config/load.ts'
import { seededRandom } from '../../src/core/random.ts'
import { DEMO_CHANNELS, demoConfigYaml, demoEventsTopic } from '../../src/demo/demo-config.ts'
import type { Step } from '../../src/demo/scenario/step.ts'
import { createScenario } from '../../src/demo/scenario.ts'
import type { EventRecord } from '../../src/event/event.ts'
import { createMatcher } from '../../src/match/match-event.ts'

const ORIGIN = 'http://127.0.0.1:3999'
let folder: string
let config: Config

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'bellhop-demo-config-'))
  const file = path.join(folder, 'demo.yaml')
  const yaml = demoConfigYaml({ brokers: ['127.0.0.1:9092'], prefix: 'demo-x1', simulatorOrigin: ORIGIN })
  await writeFile(file, yaml)
  const loaded = await loadConfig(file, { env: {}, secrets: 'required' })
  if (loaded.kind === 'invalid') throw new Error(formatProblems(loaded.problems))
  expect(loaded.warnings).toEqual([])
  config = loaded.config
})

afterAll(() => rm(folder, { recursive: true }))

function recordOf(step: Step, offset: number): EventRecord {
  const value = step.kind === 'poison' ? step.raw : Buffer.from(JSON.stringify(step.event))
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

  it.each([11, 12, 13])('makes of every event what the generator expects (seed %i)', (seed) => {
    const scenario = createScenario({ random: seededRandom(seed), startMs: 1_769_846_400_000, rate: 20 })
    const match = createMatcher(config)
    let messages = 0
    for (let offset = 0; offset < 10_000; offset++) {
      const step = scenario.next()
      const matched = match(recordOf(step, offset))
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
  })
})
