import { describe, expect, it } from 'vitest'
import { compileRules } from '../../src/match/rule.ts'
import { configOf, KAFKA, loadText } from '../config/load-text.ts'
import { blocks, page, plain, rowsWith } from './support/markdown.ts'

const messages = page('docs/messages.md')
/** As docs/messages.md says. */
const EVENT_TIME_MS = Date.parse('2026-01-31T08:00:00Z')

const order = (userId: string, properties: object) => ({
  type: 'track',
  event: 'Order Completed',
  userId,
  properties,
})
const ORDERS = [
  order('u-1', { name: 'Ada', total: 1_200, plan: 'enterprise', seats: 40, order_id: 'o-7' }),
  order('u-2', { name: 'Grace', total: 2_500, plan: 'team', seats: 12, order_id: 'o-8', coupon: 'SPRING' }),
]

async function texts(): Promise<string[]> {
  const [destinations = '', actions = ''] = blocks('yaml', messages)
  const env = { SALES_WEBHOOK_URL: 'https://hooks.slack.com/services/T0/B0/x' }
  const config = configOf(await loadText(KAFKA + destinations + actions, { env }))
  const [rule] = compileRules(config.actions)
  return ORDERS.map((event) => {
    if (rule?.trigger.matches(event) !== true) return 'not matched'
    const rendered = rule.message.render(event, { nowMs: EVENT_TIME_MS })
    return rendered.kind === 'text' ? rendered.textFor('sales').text : rendered.kind
  })
}

describe('docs/messages.md', () => {
  it('shows a joint post as the example gives it', async () => {
    const [shown = ''] = blocks('text', messages)
    expect(`${(await texts()).join('\n')}\n`).toBe(shown)
  })

  it.each(['why', 'fields', 'links', 'next_step', 'owner', 'sla'])('has a row for %s', (option) => {
    const rows = rowsWith(['option', 'what it says', 'shown as'], messages)
    expect(rows.map((row) => plain(row.option ?? ''))).toContain(option)
  })

  it('shows each part as it is', async () => {
    const [text = ''] = await texts()
    const shown = rowsWith(['option', 'what it says', 'shown as'], messages).map((row) =>
      plain(row['shown as'] ?? ''),
    )
    expect(shown.length).toBe(6)
    for (const part of shown) expect(text).toContain(part)
  })
})
