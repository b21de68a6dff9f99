import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../../src/core/errors.ts'
import { formatMessageId, webhookKey } from '../../src/core/ids.ts'
import { ATTEMPT_OUTCOMES, EVENT_CAUSES, FINAL_OUTCOMES, MESSAGE_CAUSES } from '../../src/core/outcome.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'
import { classifyAnswer, classifyApiAnswer } from '../../src/slack/classify.ts'
import { blocks, codes, page, plain, ROOT, type Row, rowsWith } from './support/markdown.ts'

const records = page('docs/records.md')
const delivery = page('docs/delivery.md')
const operations = page('docs/operations.md')

const column = (rows: readonly Row[], name: string): string[] => rows.map((row) => plain(row[name] ?? ''))

describe('closed lists', () => {
  it.each([
    {
      list: 'final outcomes',
      values: FINAL_OUTCOMES,
      explained: column(rowsWith(['outcome', 'meaning'], records), 'outcome'),
    },
    {
      list: 'attempt outcomes',
      values: ATTEMPT_OUTCOMES,
      explained: column(rowsWith(['attempt outcome', 'meaning'], records), 'attempt outcome'),
    },
    {
      list: 'consequences of attempt outcomes',
      values: ATTEMPT_OUTCOMES,
      explained: column(rowsWith(['outcome', 'what happens'], delivery), 'outcome'),
    },
    {
      list: 'causes of dead letters',
      values: [...EVENT_CAUSES, ...MESSAGE_CAUSES],
      explained: column(rowsWith(['cause', 'meaning', 'what to do'], records), 'cause'),
    },
    {
      list: 'error codes',
      values: ERROR_CODES,
      explained: column(rowsWith(['code', 'what happened', 'what to do'], operations), 'code'),
    },
  ])('$list have one row each, and no other is there', ({ values, explained }) => {
    expect(explained.sort()).toEqual([...values].sort())
  })
})

describe('docs/records.md', () => {
  const codecs = createRecordCodecs()
  const [dispatch = '', receipt = '', control = ''] = blocks('json', records)

  it('shows a dispatch record, a receipt and a control that fit their schemas', () => {
    expect(codecs.dispatch.decode(Buffer.from(dispatch))).toMatchObject({ kind: 'record' })
    expect(codecs.receipt.decode(Buffer.from(receipt))).toMatchObject({ kind: 'record' })
    expect(codecs.control.decode(Buffer.from(control))).toMatchObject({ kind: 'record' })
  })

  it.each([
    'dispatch',
    'receipt',
    'dead-letter',
    'control',
    'status',
  ])('explains every field of schemas/%s.avsc', (name) => {
    const schema: { fields: { name: string }[] } = JSON.parse(
      readFileSync(`${ROOT}schemas/${name}.avsc`, 'utf8'),
    )
    const explained = rowsWith(['field', 'meaning'], records).flatMap((row) => codes(row.field ?? ''))
    for (const field of schema.fields) expect(explained).toContain(field.name)
  })

  it('writes ids and keys as the code does', () => {
    const id = { topic: 'analytics.events', partition: 3, offset: 1042, action: 'order-completed' }
    expect(records.text).toContain(`\`${formatMessageId({ ...id, destination: 'sales' })}\``)
    expect(webhookKey('https://hooks.slack.com/services/T0/B0/x')).toMatch(
      /^https:\/\/hooks\.slack\.com\/[0-9a-f]{32}$/,
    )
  })
})

describe('docs/delivery.md', () => {
  const words = (says: string) =>
    rowsWith([says, 'outcome'], delivery).flatMap((row) =>
      codes(row[says] ?? '').map((word) => ({ word, outcome: codes(row.outcome ?? '')[0] })),
    )
  const statuses = rowsWith(['status', 'outcome'], delivery).flatMap((row) =>
    codes(row.status ?? '')
      .filter((code) => /^\d{3}$/.test(code))
      .map((status) => ({
        status: Number(status),
        body: row.status?.includes('body `ok`') ? 'ok' : '<html>',
        outcome: plain((row.outcome ?? '').replace(/:.*/, '')),
      })),
  )
  const answer = (status: number, body: string) => ({ status, body, retryAfter: null, receivedAtMs: 0 })

  it('has words and statuses', () => {
    expect(words('webhook says').length).toBeGreaterThan(20)
    expect(words('chat.postMessage says').length).toBeGreaterThan(15)
    expect(statuses.length).toBeGreaterThan(12)
  })

  it.each(words('webhook says'))('a webhook that says $word means $outcome', ({ word, outcome }) => {
    expect(classifyAnswer(answer(400, word)).outcome).toBe(outcome)
  })

  it.each(words('chat.postMessage says'))('chat.postMessage: $word means $outcome', ({ word, outcome }) => {
    const body = JSON.stringify({ ok: false, error: word })
    expect(classifyApiAnswer(answer(200, body)).outcome).toBe(outcome)
  })

  it.each(statuses)('$status with the body $body means $outcome', ({ status, body, outcome }) => {
    expect(classifyAnswer(answer(status, body)).outcome).toBe(outcome)
  })

  it('has every word of test/cases/slack-responses.json that Slack says', () => {
    const cases: { body: string; pattern?: boolean; outcome: string }[] = JSON.parse(
      readFileSync(`${ROOT}test/cases/slack-responses.json`, 'utf8'),
    )
    const said = cases
      .filter(
        ({ body, pattern, outcome }) => pattern !== true && outcome !== 'sent' && /^[a-z_]+$/.test(body),
      )
      .map(({ body }) => body)
    const explained = words('webhook says').map(({ word }) => word)
    expect(said.length).toBeGreaterThan(10)
    for (const word of said) expect(explained).toContain(word)
  })
})
