import { describe, inject, it } from 'vitest'
import { demo } from '../../src/cli/demo.ts'
import { DEMO_CHANNELS } from '../../src/demo/demo-config.ts'
import type { SlackSimulator } from '../../src/demo/simulator/server.ts'
import { testRegistry } from '../support/registry.ts'

/** A short demo on the run's Kafka, with its output. */
async function runShortDemo(
  started?: (simulator: SlackSimulator) => void,
  more: { avro?: boolean; seed?: string; registryUrl?: string } = {},
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
    { for: '3s', rate: '100', seed: '7', ...options, ...seen },
    { env, stdout, stderr: process.stderr },
  )
  return { code, output }
}

const signups = DEMO_CHANNELS.find(({ name }) => name === 'signups')?.target ?? ''

/** Each has a prefix and a simulator of its own. */
describe.concurrent('the demo', () => {
  it('ends with 0 and a summary when every message arrived once', async ({ expect }) => {
    const { code, output } = await runShortDemo()
    expect(output).toMatch(/lost +0\n +repeated +0\n +unexpected +0\n/)
    expect(output).toMatch(/429 answers +0\n +latency +p50 \d+/)
    expect(output).toMatch(/channels +http:\/\/127\.0\.0\.1:\d+/)
    expect(code).toBe(0)
  })

  it('with --avro has events of two schema versions, and own records, in Avro', async ({ expect }) => {
    const registryUrl = await testRegistry()
    // With this seed the first seconds hold an event whose schema the registry does not know.
    const { code, output } = await runShortDemo(undefined, { avro: true, seed: '11', registryUrl })
    expect(output).toContain(`registry   ${registryUrl}`)
    expect(output).toMatch(/schemas +\d+ events by older apps \(schema \d+\), \d+ events by newer apps/)
    expect(output).toMatch(/own records +Avro too: [1-9]\d* dead letters read back/)
    expect(output).toMatch(
      /dead-lettered +1 \(unknown_schema 1\)\n +lost +0\n +repeated +0\n +unexpected +0\n/,
    )
    expect(code).toBe(0)
  })

  it('ends with 1 when one post is dropped', async ({ expect }) => {
    const { code, output } = await runShortDemo((simulator) => {
      simulator.setFault(signups, { kind: 'answer', status: 200, body: 'ok', record: false }, { times: 1 })
    })
    expect(output).toMatch(/lost +1\n +repeated +0\n/)
    expect(code).toBe(1)
  })

  it('ends with 1 when one post arrives twice', async ({ expect }) => {
    const { code, output } = await runShortDemo((simulator) => {
      simulator.setFault(signups, { kind: 'reset', when: 'after_record' }, { times: 1 })
    })
    expect(output).toMatch(/lost +0\n +repeated +1\n/)
    expect(code).toBe(1)
  })
})
