import { describe, expect, it } from 'vitest'
import { Secret } from '../../../src/core/secret.ts'
import { cleaned } from '../../../src/observe/explain/cleaned.ts'
import { step } from '../../../src/observe/explain/telling.ts'
import { createSecretMask } from '../../../src/observe/mask-secrets.ts'

const mask = createSecretMask([new Secret('hunter-2-password')])

describe('what a hostile event brings', () => {
  it.each([
    ['a secret of the configuration', 'hunter-2-password', '<redacted>'],
    ['an escape sequence', '\u001b[2Jgone', '\\u001b[2Jgone'],
    ['a C1 control', '\u009b2J', '\\u009b2J'],
    ['a line of its own', 'a\nbellhop: all is well', 'a\\u000abellhop: all is well'],
    ['another reading direction', 'a\u202eb', 'a\\u202eb'],
    ['a webhook that is nobody knows whose', 'https://hooks.slack.com/services/T1/B1/abc', '<redacted>'],
  ])('%s stands nowhere', (_what, text, shown) => {
    const explanation = cleaned(
      {
        asked: { id: text, kind: 'event_message_id' },
        found: true,
        summary: text,
        steps: [step({ stage: 'event', tone: 'neutral', text, details: [text], command: text })],
        records: {},
      },
      mask,
    )
    expect(explanation).toEqual({
      asked: { id: shown, kind: 'event_message_id' },
      found: true,
      summary: shown,
      steps: [step({ stage: 'event', tone: 'neutral', text: shown, details: [shown], command: shown })],
      records: {},
    })
  })

  it('leaves records as they were, but for secrets', () => {
    const records = { event: { value: 'a\nb hunter-2-password' } }
    const about = {
      asked: { id: 'a', kind: 'event_message_id' } as const,
      found: true,
      summary: '',
      steps: [],
    }
    expect(cleaned({ ...about, records }, mask).records).toEqual({ event: { value: 'a\nb <redacted>' } })
  })
})
