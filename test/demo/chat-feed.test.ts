import { describe, expect, it } from 'vitest'
import { type ChatMessage, createChatFeed } from '../../src/demo/chat-feed.ts'

const message = (channel: string, text: string): ChatMessage => ({
  channel,
  username: null,
  iconUrl: null,
  iconEmoji: null,
  text,
  at: 0,
})

function feedOf(texts: readonly [channel: string, text: string][], perChannel = 3) {
  const feed = createChatFeed({ id: 'f1', perChannel })
  for (const [channel, text] of texts) feed.publish(message(channel, text))
  return (lastEventId: string | null) => feed.since(lastEventId).map((entry) => entry.message.text)
}

describe('chat feed', () => {
  it('gives a new page what is held, across channels in the order of publishing', () => {
    const since = feedOf([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ])
    expect(since(null)).toEqual(['1', '2', '3'])
  })

  it('holds the last of each channel: a busy one does not push out a quiet one', () => {
    const since = feedOf([
      ['quiet', 'q'],
      ['busy', '1'],
      ['busy', '2'],
      ['busy', '3'],
      ['busy', '4'],
    ])
    expect(since(null)).toEqual(['q', '2', '3', '4'])
  })

  it('counts what it no longer holds', () => {
    const feed = createChatFeed({ id: 'f1', perChannel: 1 })
    for (const text of ['1', '2', '3']) feed.publish(message('a', text))
    expect(feed.published).toBe(3)
  })

  it.each([
    { name: 'an id of this feed', lastEventId: 'f1.2', expected: ['3', '4'] },
    { name: 'the newest id', lastEventId: 'f1.4', expected: [] },
    { name: 'an id of another feed', lastEventId: 'f2.2', expected: ['1', '2', '3', '4'] },
    { name: 'an id of a feed whose name begins alike', lastEventId: 'f11.2', expected: ['1', '2', '3', '4'] },
    { name: 'no number', lastEventId: 'f1.x', expected: ['1', '2', '3', '4'] },
    { name: 'a negative number', lastEventId: 'f1.-1', expected: ['1', '2', '3', '4'] },
    { name: 'an empty id', lastEventId: '', expected: ['1', '2', '3', '4'] },
  ])('after $name', ({ lastEventId, expected }) => {
    const since = feedOf(
      [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
        ['b', '4'],
      ],
      10,
    )
    expect(since(lastEventId)).toEqual(expected)
  })
})
