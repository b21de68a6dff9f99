import { describe, expect, it } from 'vitest'
import { DEMO_CHANNELS } from '../../../src/demo/demo-config.ts'
import { chooseChannel, MAY_BE_GONE, MAY_BE_THROTTLED } from '../../../src/demo/faults/choose-channel.ts'

describe('the channel that a fault strikes', () => {
  it.each([
    { name: 'the first that is meant', means: ['nps', 'billing'], taken: [], chosen: 'billing', meant: true },
    {
      name: 'not one that is struck already',
      means: ['billing'],
      taken: ['billing'],
      chosen: 'churn-risk',
      meant: false,
    },
    {
      name: 'the first of all where none is meant',
      means: [],
      taken: ['churn-risk'],
      chosen: 'platform-alerts',
      meant: false,
    },
  ])('is $name', ({ means, taken, chosen, meant }) => {
    const choice = chooseChannel(MAY_BE_GONE, {
      isMeant: ({ destination }) => means.includes(destination),
      taken: new Set(taken),
    })
    expect([choice.channel.name, choice.meant]).toEqual([chosen, meant])
  })

  it('is a webhook where it is to be gone, and one of the page in any case', () => {
    const targets = new Map<string, string>(DEMO_CHANNELS.map(({ name, target }) => [name, target]))
    expect(MAY_BE_GONE.every((name) => targets.get(name)?.startsWith('/services/'))).toBe(true)
    expect(MAY_BE_THROTTLED.every((name) => targets.has(name))).toBe(true)
  })
})
