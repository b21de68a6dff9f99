import { describe, expect, it } from 'vitest'
import { channelKey, formatMessageId, parseMessageId, webhookKey } from '../../src/core/ids.ts'

const parts = {
  topic: 'analytics.events',
  partition: 3,
  offset: 1042,
  action: 'order-completed',
  destination: 'sales',
}

describe('a message id', () => {
  it('is what a person can type, and reads back', () => {
    expect(formatMessageId(parts)).toBe('analytics.events:3:1042:order-completed:sales')
    expect(parseMessageId(formatMessageId(parts))).toEqual(parts)
  })

  it.each([
    ['an event by its coordinates', 'analytics.events:3:1042'],
    ['a partition that is no number', 'analytics.events:x:1042:a:b'],
    ['too many parts', 'analytics.events:3:1042:a:b:c'],
    ['nothing', ''],
  ])('is not %s', (_, text) => {
    expect(parseMessageId(text)).toBeNull()
  })
})

describe('the identity of a webhook', () => {
  const url = 'https://hooks.slack.com/services/T00000000/B00000000/markermarkermarker'

  it('names its origin and nothing of its path', () => {
    expect(webhookKey(url)).toMatch(/^https:\/\/hooks\.slack\.com\/[0-9a-f]{32}$/)
  })

  it('is the same for the same URL and another for another', () => {
    expect(webhookKey(url)).toBe(webhookKey(url))
    expect(webhookKey(url)).not.toBe(webhookKey(`${url}x`))
  })

  it('leaves out user, password and query', () => {
    expect(webhookKey('https://marker:marker@chat.example.com/hooks/marker?token=marker')).not.toContain(
      'marker',
    )
  })
})

describe('the identity of a channel', () => {
  const target = {
    methodUrl: 'https://slack.com/api/chat.postMessage',
    token: 'xoxb-marker',
    channel: '#alerts',
  }

  it('names method, token fingerprint and channel', () => {
    expect(channelKey(target)).toMatch(
      /^https:\/\/slack\.com\/api\/chat\.postMessage\/[0-9a-f]{32}\/#alerts$/,
    )
  })

  it('tells channels and tokens apart', () => {
    const keys = [target, { ...target, channel: '#ops' }, { ...target, token: 'xoxb-other' }].map(channelKey)
    expect(new Set(keys).size).toBe(3)
  })
})
