import { describe, expect, it } from 'vitest'
import { isWithheld } from '../../src/event/integrations.ts'

const names = ['Slack', 'Actions Slack']

describe("an event's integrations object", () => {
  it.each([
    ['no integrations at all sends', {}, false],
    ['an empty object sends', { integrations: {} }, false],
    ['Slack: false withholds', { integrations: { Slack: false } }, true],
    ['the other configured name withholds too', { integrations: { 'Actions Slack': false } }, true],
    ['All: false withholds', { integrations: { All: false } }, true],
    ['All: false with Slack: true sends', { integrations: { All: false, Slack: true } }, false],
    [
      'All: false with options for Slack sends',
      { integrations: { All: false, Slack: { channel: 'x' } } },
      false,
    ],
    ['All: false with another integration withholds', { integrations: { All: false, Mixpanel: true } }, true],
    [
      'one name false withholds, whatever the other says',
      { integrations: { Slack: true, 'Actions Slack': false } },
      true,
    ],
    ['All: true with Slack: false withholds', { integrations: { All: true, Slack: false } }, true],
    ['the text "false" is no false', { integrations: { Slack: 'false' } }, false],
    ['integrations that are no object send', { integrations: 'none' }, false],
    ['null integrations send', { integrations: null }, false],
  ])('%s', (_, event, withheld) => {
    expect(isWithheld(event, names)).toBe(withheld)
  })

  it('reads own properties only', () => {
    expect(isWithheld({ integrations: Object.create({ Slack: false }) }, names)).toBe(false)
  })
})
