import { describe, expect, it } from 'vitest'
import type { Appearance } from '../../src/config/config.ts'
import type { MessageContent } from '../../src/core/records.ts'
import { buildPayload, type SlackPayload } from '../../src/slack/payload.ts'
import { api, message, webhook } from './support/destinations.ts'

const URL_OF_HOOK = 'https://hooks.slack.com/services/T0/B0/x'
const METHOD_URL = 'https://slack.com/api/chat.postMessage'
const BARE = { text: 'hello', unfurl_links: false, unfurl_media: false }

function appearance(overrides: Partial<Appearance>): Appearance {
  return { username: null, iconUrl: null, iconEmoji: null, unfurlLinks: false, ...overrides }
}

describe('buildPayload', () => {
  it('sends text and no more, where no more is configured', () => {
    expect(buildPayload(webhook(URL_OF_HOOK), message())).toEqual(BARE)
  })

  it("always names the channel of chat.postMessage, and the message's own before the destination's", () => {
    expect(buildPayload(api(METHOD_URL), message())).toEqual({ ...BARE, channel: '#alerts' })
    expect(buildPayload(api(METHOD_URL), message({ channel: 'U024BE7LH' })).channel).toBe('U024BE7LH')
  })

  it('names the channel of a webhook only where configured', () => {
    expect(buildPayload(webhook(URL_OF_HOOK, { channel: '#sales' }), message()).channel).toBe('#sales')
    const both = buildPayload(webhook(URL_OF_HOOK, { channel: '#sales' }), message({ channel: '#vip' }))
    expect(both.channel).toBe('#vip')
  })

  it('sends every override that is configured', () => {
    const destination = webhook(URL_OF_HOOK, {
      appearance: appearance({ username: 'Shop', iconUrl: 'https://example.com/i.png', unfurlLinks: true }),
    })
    expect(buildPayload(destination, message())).toEqual({
      text: 'hello',
      username: 'Shop',
      icon_url: 'https://example.com/i.png',
      unfurl_links: true,
      unfurl_media: true,
    })
    expect(buildPayload(destination, message({ username: 'VIP' })).username).toBe('VIP')
  })

  it.each<[Partial<Appearance>, Partial<MessageContent>, Partial<SlackPayload>, string]>([
    [{ iconUrl: 'u', iconEmoji: ':e:' }, {}, { icon_emoji: ':e:' }, 'the emoji wins in a destination'],
    [{}, { icon_url: 'u', icon_emoji: ':e:' }, { icon_emoji: ':e:' }, 'and in a message'],
    [{ iconEmoji: ':e:' }, { icon_url: 'u' }, { icon_url: 'u' }, "a message's image replaces an emoji"],
    [{ iconUrl: 'u' }, { icon_emoji: ':e:' }, { icon_emoji: ':e:' }, "a message's emoji replaces an image"],
    [{ iconUrl: 'u' }, {}, { icon_url: 'u' }, "the destination's image stands"],
  ])('destination %j and message %j show %j: %s', (configured, given, expected) => {
    const destination = webhook(URL_OF_HOOK, { appearance: appearance(configured) })
    expect(buildPayload(destination, message(given))).toEqual({ ...BARE, ...expected })
  })
})
