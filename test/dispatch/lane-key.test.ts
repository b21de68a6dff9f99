import { describe, expect, it } from 'vitest'
import type { ApiDestination, Destination } from '../../src/config/config.ts'
import { Secret } from '../../src/core/secret.ts'
import { mayMoveFromMs, readdressed } from '../../src/dispatch/lane-key.ts'
import { webhook } from './support/lane-bench.ts'

const api: ApiDestination = {
  ...webhook('a'),
  type: 'api',
  methodUrl: 'https://slack.com/api/chat.postMessage',
  token: new Secret('xoxb-1'),
  channel: '#alerts',
  appearance: { username: null, iconUrl: null, iconEmoji: null, unfurlLinks: false },
  tls: null,
}
const blackhole: Destination = { ...webhook('a'), type: 'blackhole' }

describe('a destination goes elsewhere', () => {
  it.each<[string, Destination | null, Destination | null, boolean]>([
    ['with another webhook', webhook('a'), { ...webhook('b'), id: 'a' }, true],
    ['with another token', api, { ...api, token: new Secret('xoxb-2') }, true],
    ['with another channel', api, { ...api, channel: '#others' }, true],
    ['with another Slack', api, { ...api, methodUrl: 'http://127.0.0.1/' }, true],
    ['where a webhook becomes an app', webhook('a'), api, true],
    ['where it posts nothing any more', webhook('a'), blackhole, true],
    ['where it is new: what waits for it may lie under any key', null, webhook('a'), true],
    ['not where it is gone', webhook('a'), null, false],
    ['not with another pace', webhook('a'), webhook('a', { intervalMs: null }), false],
    ['not where it is disabled', webhook('a'), { ...webhook('a'), enabled: false }, false],
    ['not with the same token in another object', api, { ...api, token: new Secret('xoxb-1') }, false],
    ['not where it stays a blackhole', blackhole, { ...blackhole }, false],
  ])('%s', (_, before, after, isElsewhere) => {
    const [one, other] = [before, after].map((each) => new Map(each === null ? [] : [['a', each]]))
    expect([...readdressed(one ?? new Map(), other ?? new Map())]).toEqual(isElsewhere ? ['a'] : [])
  })
})

describe('a record that was moved', () => {
  const MOVED_AT = 1_760_000_000_000
  const NEVER = -Infinity

  it.each<[string, { moves: number; moved_at: number | null }, number, number]>([
    ['never may be moved at once', { moves: 0, moved_at: null }, NEVER, 0],
    ['once stays for 5 s', { moves: 1, moved_at: MOVED_AT }, NEVER, MOVED_AT + 5_000],
    ['twice stays twice as long', { moves: 2, moved_at: MOVED_AT }, NEVER, MOVED_AT + 10_000],
    [
      'very often stays for ten minutes and no longer',
      { moves: 2_000, moved_at: MOVED_AT },
      NEVER,
      MOVED_AT + 600_000,
    ],
    [
      'before our configuration changed may be moved at once',
      { moves: 9, moved_at: MOVED_AT },
      MOVED_AT + 1,
      0,
    ],
    [
      'since our configuration changed stays',
      { moves: 1, moved_at: MOVED_AT },
      MOVED_AT - 1,
      MOVED_AT + 5_000,
    ],
  ])('%s', (_, record, reconfiguredAtMs, fromMs) => {
    expect(mayMoveFromMs(record, reconfiguredAtMs)).toBe(fromMs)
  })
})
