import { describe, expect, it } from 'vitest'
import { tryEvents } from '../../src/cli/try.ts'
import { writeFiles } from '../config/load-text.ts'
import { freePort } from '../slack/support/servers.ts'
import { captureIo } from './support/captured-io.ts'

const REST = `destinations: { sales: { webhook_url: "\${WEBHOOK}" } }
actions: [{ id: a, trigger: type = "track", message: x, destination: sales }]
`

/** What is said where nobody listens at the broker's address, and WEBHOOK and PASSWORD are not set. */
async function saidOfBroker(kafka: string): Promise<string> {
  const broker = `127.0.0.1:${await freePort()}`
  const folder = writeFiles({
    'bellhop.yaml': `kafka: { brokers: "${broker}", events: [e]${kafka} }\n${REST}`,
  })
  const failed = tryEvents(undefined, { config: folder, topic: 'e', last: '1' }, captureIo())
  return failed.then(
    () => 'it answered',
    (error: Error) => error.message.replaceAll(`${folder}/`, ''),
  )
}

describe('a broker that does not answer', () => {
  it('is not blamed on a webhook that is not set', async () => {
    expect(await saidOfBroker('')).toMatch(
      /^Kafka does not answer at 127\.0\.0\.1:\d+: .*ECONNREFUSED[^\n]*$/,
    )
  })

  it('may be because of a password that is not set', async () => {
    const said = await saidOfBroker(', sasl: { mechanism: plain, username: u, password: "${PASSWORD}" }')
    expect(said).toMatch(/^Kafka does not answer[^\n]*\n\nWhat may be why:\nbellhop\.yaml:1:/)
    expect(said).toContain('the environment variable PASSWORD is not set')
  })
})
