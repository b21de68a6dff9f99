import { describe, expect, it } from 'vitest'
import {
  closedText,
  deadLettersText,
  oldestText,
  openedText,
  refusedText,
} from '../../src/sentinel/notice-text.ts'

const many = (count: number) =>
  Array.from({ length: count }, (_, nth) => ({ destinations: [`d${nth}`], word: null }))
const HOSTILE = '<!channel> & `x`\n\u202enot\u0007 this'

describe('what bellhop says', () => {
  it.each([
    [
      'of an open breaker',
      openedText([{ destinations: ['sales'], word: 'no_service' }]),
      'sales takes nothing ("no_service"). Its messages go to dead letters until the webhook or channel is mended; one a minute is tried. Then: `bellhop dead replay --destination sales`',
    ],
    [
      'of several',
      openedText([
        { destinations: ['sales', 'vip'], word: null },
        { destinations: ['ops'], word: 'invalid_token' },
      ]),
      'sales and vip take nothing; ops takes nothing ("invalid_token"). Their messages go to dead letters until the webhook or channel is mended; one a minute is tried. Then: `bellhop dead replay --destination ID`',
    ],
    [
      'of a closed breaker',
      closedText([{ destinations: ['sales'] }]),
      'sales takes messages again. What was given up meanwhile: `bellhop dead list --destination sales`',
    ],
    [
      'of a message that waits',
      oldestText([{ destinations: ['sales'], waiting: 1_234, waitedMs: 660_000, isPaused: false }], 600_000),
      'sales has 1,234 messages waiting, the oldest for 11 min. More than 10 min is worth a look: `bellhop status`',
    ],
    [
      'of one that a person keeps waiting',
      oldestText([{ destinations: ['sales'], waiting: 1, waitedMs: 7_200_000, isPaused: true }], 600_000),
      'sales has 1 message waiting, the oldest for 2 h, since it is paused (`bellhop resume sales`). More than 10 min is worth a look: `bellhop status`',
    ],
    [
      'of dead letters',
      deadLettersText(1_234),
      '1,234 dead letters within ten minutes. Why: `bellhop dead list --since 10m`',
    ],
    [
      'of a refused reload',
      refusedText([{ host: 'web-1', pid: 12, detail: '3 problems', at: 0 }]),
      'web-1, process 12, refused its new configuration (3 problems). The one before stays at work. What is wrong: `bellhop check`',
    ],
    [
      'of a lane that names no destination',
      closedText([{ destinations: [] }]),
      'a lane takes messages again. What was given up meanwhile: `bellhop dead list --destination ID`',
    ],
  ])('%s', (_, text, expected) => {
    expect(text).toBe(expected)
  })

  it('names eight and counts the rest', () => {
    expect(openedText(many(1_010))).toContain('d7 takes nothing; and 1,002 more. Their')
    const [shared] = [{ destinations: many(1_010).flatMap(({ destinations }) => destinations), word: null }]
    expect(openedText([shared])).toContain('d6 and d7 and 1,002 more take nothing')
  })

  it.each([
    ['a word of Slack', openedText([{ destinations: ['sales'], word: HOSTILE }])],
    ['a destination', openedText([{ destinations: [HOSTILE], word: null }])],
    ['a host', refusedText([{ host: HOSTILE, pid: 1, detail: null, at: 0 }])],
    ['a detail', refusedText([{ host: 'h', pid: 1, detail: HOSTILE, at: 0 }])],
  ])('pings nobody and stays on its line, whatever stands in %s', (_, text) => {
    expect(text).toContain('&lt;!channel&gt; &amp;')
    expect(text).not.toMatch(/[\n\u0007\u202e]|<!/)
  })

  it('is short, whatever stands in a record', () => {
    const long = 'x'.repeat(100_000)
    const lanes = Array.from({ length: 1_000 }, () => ({ destinations: [long, long], word: long }))
    expect(openedText(lanes).length).toBeLessThan(4_000)
  })
})
