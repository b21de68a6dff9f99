import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { GETTING_STARTED_DOC, withAnswers } from '../../scripts/generate-docs.ts'
import { adviceOn } from '../../src/author/send-answers.ts'
import { classifyAnswer, classifyApiAnswer } from '../../src/slack/classify.ts'
import { codes, page, ROOT, rowsWith } from '../docs/support/markdown.ts'

const delivery = page('docs/delivery.md')
const webhookWords = rowsWith(['webhook says', 'outcome'], delivery).flatMap((row) =>
  codes(row['webhook says'] ?? ''),
)
const apiWords = rowsWith(['chat.postMessage says', 'outcome'], delivery).flatMap((row) =>
  codes(row['chat.postMessage says'] ?? ''),
)

const GENERAL = adviceOn({ outcome: 'rejected', detail: 'a_word_of_tomorrow', status: 400 })
const UNKNOWN_WORD = adviceOn({ outcome: 'rejected', detail: 'a_word_of_tomorrow', status: 200 })

function answered(body: string, status: number) {
  return { status, retryAfter: null, body, receivedAtMs: 0 }
}

describe("Slack's words", () => {
  it('are the closed lists of docs/delivery.md', () => {
    expect(webhookWords.length).toBeGreaterThan(15)
    expect(apiWords.length).toBeGreaterThan(15)
  })

  it.each(webhookWords)('of a webhook: %s has advice of its own, whatever the status', (word) => {
    for (const status of [400, 403, 404, 500]) {
      const { outcome, detail } = classifyAnswer(answered(word, status))
      const advice = adviceOn({ outcome, detail, status })
      expect(advice).not.toEqual(GENERAL)
      expect(advice).toEqual(adviceOn({ outcome: 'rejected', detail: word, status: 200 }))
      expect(advice).not.toEqual(UNKNOWN_WORD)
    }
  })

  it.each(apiWords)('of chat.postMessage: %s has advice of its own', (word) => {
    const { outcome, detail } = classifyApiAnswer(answered(JSON.stringify({ ok: false, error: word }), 200))
    expect(adviceOn({ outcome, detail, status: 200 })).not.toEqual(UNKNOWN_WORD)
  })

  it('of a missing scope: the scope behind it does not hide it', () => {
    const body = JSON.stringify({ ok: false, error: 'missing_scope', needed: 'chat:write.customize' })
    const { outcome, detail } = classifyApiAnswer(answered(body, 200))
    expect(detail).toBe('missing_scope: chat:write.customize')
    expect(adviceOn({ outcome, detail, status: 200 }).means).toBe('The token lacks a scope.')
  })

  it('that are new are called so', () => {
    expect(UNKNOWN_WORD.means).toBe('Slack refuses the message with this word.')
    expect(GENERAL.means).toBe('The receiver refuses the message.')
  })

  it('that an object happens to have are no words', () => {
    expect(adviceOn({ outcome: 'rejected', detail: 'constructor', status: 400 })).toEqual(GENERAL)
  })
})

interface Case {
  status: number | null
  body: string
  outcome: string
}

const cases: Case[] = JSON.parse(readFileSync(`${ROOT}test/cases/slack-responses.json`, 'utf8'))

it.each(
  cases.filter((one) => one.outcome !== 'sent' && one.status !== null),
)('the answer $status $body says what it means and what to do', ({ status, body }) => {
  const { outcome, detail } = classifyAnswer(answered(body, status ?? 0))
  const { means, todo } = adviceOn({ outcome, detail, status })
  expect(means).toMatch(/^[A-Z].*\.$/)
  expect(todo).toMatch(/^[A-Z].*\.$/)
})

it.each([
  ['that stops half way', 'timeout', 'no whole answer came'],
  ['that is cut off', 'und_err_socket', 'no whole answer came'],
  ['of one word that is not ok', 'fine', 'not Slack'],
])('an answer 200 %s is no refusal of Slack', (_, detail, means) => {
  expect(adviceOn({ outcome: 'ambiguous', detail, status: 200 }).means).toContain(means)
})

describe('no answer', () => {
  it.each([
    ['retry', 'enotfound', 'DNS'],
    ['retry', 'eai_again', 'DNS'],
    ['retry', 'econnrefused', 'Nobody listens'],
    ['retry', 'enetunreach', 'no way'],
    ['retry', 'etimedout', 'firewall'],
    ['retry', 'timeout', 'No connection within 10 s'],
    ['ambiguous', 'timeout', 'may have been posted'],
    ['ambiguous', 'econnreset', 'may have been posted'],
    ['ambiguous', 'und_err_socket', 'may have been posted'],
    ['retry', 'unable_to_verify_leaf_signature', 'not trusted'],
    ['retry', 'depth_zero_self_signed_cert', 'not trusted'],
    ['retry', 'self_signed_cert_in_chain', 'not trusted'],
    ['retry', 'cert_has_expired', 'out of its time'],
    ['retry', 'err_tls_cert_altname_invalid', 'another host name'],
    ['retry', 'err_ssl_tlsv13_alert_certificate_required', 'refused our certificate'],
    ['retry', 'err_ssl_wrong_version_number', 'No encrypted connection'],
    ['retry', 'proxy: econnrefused', 'connection to the proxy failed'],
    ['retry', 'proxy: answered 403', 'does not let this connection through'],
    ['retry', 'proxy: answered 407', 'user name'],
    ['retry', 'not_connected', 'No connection'],
    ['retry', null, 'No connection'],
  ])('%s %s: %s', (outcome, detail, means) => {
    expect(adviceOn({ outcome, detail, status: null }).means).toContain(means)
  })
})

describe('docs/getting-started.md', () => {
  it('has what every word means: if not, run `node scripts/generate-docs.ts`', () => {
    const document = readFileSync(GETTING_STARTED_DOC, 'utf8')
    expect(withAnswers(document)).toBe(document)
    const words = rowsWith(['Slack says', 'what it means', 'what to do'], page('docs/getting-started.md'))
    expect(words.map((row) => codes(row['Slack says'] ?? '')[0]).sort()).toEqual(
      [...new Set([...webhookWords, ...apiWords])].sort(),
    )
  })
})
