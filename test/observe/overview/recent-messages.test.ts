import { describe, expect, it } from 'vitest'
import { RecentMessages } from '../../../src/observe/overview/recent-messages.ts'
import { receiptOf } from './support/records.ts'

/** Word of so many messages, one a millisecond; every `troubledEvery`th was given up. */
function wordOf(count: number, troubledEvery: number): RecentMessages {
  const messages = new RecentMessages()
  for (let nth = 1; nth <= count; nth += 1) {
    const outcome = nth % troubledEvery === 0 ? 'dead_lettered' : 'delivered'
    messages.word(receiptOf(`m-${nth}`, { outcome, recorded_at: nth }))
  }
  return messages
}

describe('recent messages', () => {
  it('are the newest 200, the newest first', () => {
    const views = wordOf(1_000, 2_000).views()
    expect(views.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, nth) => `m-${1_000 - nth}`))
  })

  it('keep those that were not delivered behind thousands that were', () => {
    const views = wordOf(10_000, 1_000).views()
    expect(views).toHaveLength(200)
    expect(
      views.filter(({ outcome }) => outcome !== 'delivered').map(({ recordedAt }) => recordedAt),
    ).toEqual(Array.from({ length: 10 }, (_, nth) => 10_000 - nth * 1_000))
  })

  it('are no more where nothing is delivered', () => {
    expect(wordOf(1_000, 1).views()).toHaveLength(200)
  })
})
