import { describe, expect, it } from 'vitest'
import { judgeExchange } from '../../src/slack/attempt.ts'
import { message, webhook } from './support/destinations.ts'

const destination = webhook('http://127.0.0.1/services/T/B/secret', { channel: '#sales' })

function judge(body: string, channel: string | null) {
  const answer = { status: 404, retryAfter: null, body, receivedAtMs: 0 }
  return judgeExchange({ kind: 'answered', answer }, { destination, message: message({ channel }) })
}

describe('an attempt tells whether its channel is to blame', () => {
  it.each([
    ['the one that the message chose', 'channel_not_found', '#typo', 'rejected', true],
    ["the destination's own", 'channel_is_archived', null, 'destination_down', true],
    ['neither: the webhook is gone', 'no_service', '#typo', 'destination_down', false],
    ['neither: the message is refused', 'invalid_payload', '#typo', 'rejected', false],
  ] as const)('%s', (_, body, channel, outcome, blamesChannel) => {
    expect(judge(body, channel)).toMatchObject({ outcome, blamesChannel })
  })

  it('which a request that was never written cannot', () => {
    const withheld = judgeExchange({ kind: 'withheld' }, { destination, message: message() })
    expect(withheld.blamesChannel).toBe(false)
  })
})
