import { PassThrough } from 'node:stream'
import { describe, inject, it } from 'vitest'
import { demo } from '../../src/cli/demo.ts'
import { DEMO_CHANNELS } from '../../src/demo/demo-config.ts'
import type { SlackSimulator } from '../../src/demo/simulator/server.ts'
import { testRegistry } from '../support/registry.ts'

/** A short demo on the run's Kafka, with its output. */
async function runShortDemo(
  more: {
    avro?: boolean
    seed?: string
    for?: string
    rate?: string
    faults?: boolean
    registryUrl?: string
  },
  started?: (simulator: SlackSimulator) => void,
): Promise<{ code: number; output: string }> {
  let output = ''
  const stdout = {
    write(text: string): void {
      output += text
    },
  }
  const { registryUrl, ...options } = more
  const env = {
    ...process.env,
    BELLHOP_TEST_BROKERS: inject('kafkaBrokers'),
    BELLHOP_TEST_REGISTRY: registryUrl,
  }
  const seen = started === undefined ? {} : { started }
  const code = await demo(
    { for: '3s', rate: '100', seed: '7', faults: false, ...options, ...seen },
    { env, stdout, stderr: new PassThrough().resume() },
  )
  return { code, output }
}

const targetOf = (channel: string): string => DEMO_CHANNELS.find(({ name }) => name === channel)?.target ?? ''

const PATIENCE_MS = 120_000

/** Each has a prefix, processes and a simulator of its own. */
describe.concurrent('the demo', { timeout: PATIENCE_MS }, () => {
  it('survives a kill: nothing is lost, and what came twice was in flight', async ({ expect }) => {
    // Answers that take long: most lanes have a post in flight at any moment, and so at the kill.
    const { code, output } = await runShortDemo({ for: '4s', faults: true, rate: '200' }, (simulator) => {
      for (const { target } of DEMO_CHANNELS) simulator.setFault(target, { kind: 'slow', ms: 900 })
    })
    expect(output).toMatch(/channels +http:\/\/127\.0\.0\.1:\d+\n +status +http:\/\/127\.0\.0\.1:\d+\/\n/)
    expect(output).toContain('4 s of traffic is too short for a webhook to be gone')
    expect(output).toMatch(/lost +0\n +repeated +0(?:, and \d+ that w[a-z]+ in flight [a-z ]+)*\n/)
    expect(output).toMatch(/unexpected +0\n/)
    expect(output).toMatch(
      /process 2 was killed \(kill -9\) and replaced: its \d+ partitions taken over after/,
    )
    expect(code).toBe(0)
  })

  it('with --avro has events of two schema versions, and own records, in Avro', async ({ expect }) => {
    const registryUrl = await testRegistry()
    // With this seed the first seconds hold an event whose schema the registry does not know.
    const { code, output } = await runShortDemo({ avro: true, seed: '11', registryUrl })
    expect(output).toContain(`registry   ${registryUrl}`)
    expect(output).toMatch(/schemas +\d+ events by older apps \(schema \d+\), \d+ events by newer apps/)
    expect(output).toMatch(/own records +Avro too: [1-9]\d* dead letters read back/)
    expect(output).toMatch(
      /dead-lettered +1 \(unknown_schema 1\)\n +lost +0\n +repeated +0\n +unexpected +0\n/,
    )
    expect(output).toMatch(/429 answers +0\n +latency +p50 \d+/)
    expect(code).toBe(0)
  })

  it('ends with 1 when one post is dropped, or arrives twice for no reason', async ({ expect }) => {
    const { code, output } = await runShortDemo({}, (simulator) => {
      const dropped = { kind: 'answer', status: 200, body: 'ok', record: false } as const
      simulator.setFault(targetOf('signups'), dropped, { times: 1 })
      simulator.setFault(targetOf('hot-leads'), { kind: 'reset', when: 'after_record' }, { times: 1 })
    })
    expect(output).toMatch(/lost +1\n +repeated +1\n/)
    expect(code).toBe(1)
  })
})
