import { describe, expect, it } from 'vitest'
import { noticeWithheld } from '../../src/author/notice-withheld.ts'
import { createEventFormats } from '../../src/event/event-formats.ts'
import { NO_SCHEMAS } from '../../src/registry/schema-store.ts'

const { formats, isWithheld } = noticeWithheld(createEventFormats([], NO_SCHEMAS), ['Slack'])

describe('an event that is decoded to be counted', () => {
  it.each([
    ['is noticed where its integrations withhold it', { Slack: false }, true],
    ['is noticed where they withhold it from all', { All: false }, true],
    ['is as it is where they do not', { Slack: true, All: false }, false],
  ])('%s', (_what, integrations, withheld) => {
    const event = { type: 'track', integrations }
    const decoded = formats('events').decode(Buffer.from(JSON.stringify(event)))
    expect(isWithheld()).toBe(withheld)
    expect(decoded).toEqual({ kind: 'event', event: withheld ? { type: 'track' } : event })
  })

  it('is forgotten with the next one', () => {
    formats('events').decode(Buffer.from('{"integrations":{"Slack":false}}'))
    formats('events').decode(Buffer.from('no JSON'))
    expect(isWithheld()).toBe(false)
  })
})
