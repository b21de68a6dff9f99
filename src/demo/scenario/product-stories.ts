/** The SaaS product's events that deserve a message, each with the messages that the configuration must make of it. */
import { CANCEL_REASONS, COMMENTS, COMPANIES } from './cast.ts'
import type { NonEmpty } from './draw.ts'
import { amount, grouped } from './figures.ts'
import { drawName, drawUserId, type Story } from './scene.ts'

export const enterprisePlan: Story = ({ draw, serial }) => {
  const id = serial()
  const company = draw.pick(COMPANIES)
  const seats = draw.integer(50, 4_000)
  return {
    who: { userId: drawUserId(draw) },
    call: {
      type: 'identify',
      traits: {
        company: company.raw,
        plan: 'enterprise',
        seats,
        crm_url: `https://crm.example.com/accounts/${id}?tab=plan&from=bellhop`,
      },
    },
    expected: [
      {
        destination: 'sales',
        text: `:star2: *${company.shown}* is on the enterprise plan with ${grouped(seats)} seats: <https://crm.example.com/accounts/${id}?tab=plan&amp;from=bellhop|open in CRM>`,
      },
    ],
  }
}

/** Companies of 200 people and more; one in ten has exactly that. Two channels hear of each. */
export const bigCompany: Story = ({ draw, serial }) => {
  const groupId = `acc_${serial()}`
  const company = draw.pick(COMPANIES)
  const employees = draw.chance(0.1) ? 200 : draw.integer(201, 12_000)
  const text = `:office: *${company.shown}* joined as ${groupId}, ${grouped(employees)} people`
  return {
    who: { userId: drawUserId(draw) },
    call: { type: 'group', groupId, traits: { name: company.raw, employees } },
    expected: [
      { destination: 'growth', text },
      { destination: 'sales', text },
    ],
  }
}

export const planUpgrade: Story = ({ draw, serial }) => {
  const account = `acc_${serial()}`
  const company = draw.pick(COMPANIES)
  const cents = draw.integer(1_200, 96_000)
  const plan = draw.pick(['team', 'business'])
  return {
    who: { userId: drawUserId(draw) },
    call: {
      type: 'track',
      event: 'Plan Upgraded',
      properties: {
        account_id: account,
        company: company.raw,
        from: 'starter',
        plan,
        added: cents / 100,
        currency: 'EUR',
      },
    },
    expected: [
      {
        destination: 'growth',
        text: `:chart_with_upwards_trend: *${company.shown}* went from ~starter~ to *${plan}*: ${amount(cents, 'EUR')} more a month (${account})`,
      },
    ],
  }
}

/** Cancellations worth 50 a month and more; one in five gives no reason, one in ten is worth exactly 50. */
export const cancellation: Story = ({ draw, serial }) => {
  const account = `acc_${serial()}`
  const company = draw.pick(COMPANIES)
  const cents = draw.chance(0.1) ? 5_000 : draw.integer(5_001, 180_000)
  const months = draw.integer(2, 40)
  const reason = draw.chance(0.2) ? null : draw.pick(CANCEL_REASONS)
  return {
    who: { userId: drawUserId(draw) },
    call: {
      type: 'track',
      event: 'Subscription Cancelled',
      properties: {
        account_id: account,
        company: company.raw,
        mrr: cents / 100,
        currency: 'USD',
        months,
        reason: reason === null ? null : reason.raw,
      },
    },
    expected: [
      {
        destination: 'churn-risk',
        text: `:broken_heart: *${company.shown}* cancelled after ${months} months (${account}, ${amount(cents, 'USD')} a month)\n> ${reason === null ? 'no reason given' : reason.shown}`,
      },
    ],
  }
}

/** Scores of 6 and below; 6 is as likely as any. */
export const detractor: Story = ({ draw, serial }) => {
  const name = drawName(draw)
  const score = draw.integer(0, 6)
  const response = serial()
  return {
    who: { userId: drawUserId(draw) },
    call: {
      type: 'track',
      event: 'NPS Submitted',
      properties: { response_id: response, name: name.raw, score },
    },
    expected: [
      {
        destination: 'nps',
        text: `:slightly_frowning_face: *${name.shown}* scored us *${score}* of 10 (response ${response})`,
      },
    ],
  }
}

export const feedback: Story = ({ draw, serial }) => {
  const comment = draw.pick(COMMENTS)
  const ticket = serial()
  return {
    who: { userId: drawUserId(draw) },
    call: {
      type: 'track',
      event: 'Feedback Left',
      properties: { comment: `${comment.raw} (ticket ${ticket})` },
    },
    expected: [{ destination: 'nps', text: `${comment.shown} (ticket ${ticket})` }],
  }
}

/** The message of feedback is the comment and nothing else: without one it is empty, and Slack refuses that. */
export const emptyFeedback: Story = ({ draw }) => ({
  who: { userId: drawUserId(draw) },
  call: { type: 'track', event: 'Feedback Left', properties: draw.chance(0.5) ? { comment: '' } : {} },
  expected: [],
  expectedDeadLetter: 'empty_message',
})

const APIS: NonEmpty<{ service: string; path: string; shownPath: string }> = [
  { service: 'checkout-api', path: '/v1/orders', shownPath: '/v1/orders' },
  { service: 'search-api', path: '/v2/search?q=a&page=2', shownPath: '/v2/search?q=a&amp;page=2' },
  { service: 'login-api', path: '/v1/sessions', shownPath: '/v1/sessions' },
]

/** More than 100 errors of an API in five minutes; one in ten counts 101. */
export const apiErrors: Story = ({ draw, serial }) => {
  const { service, path, shownPath } = draw.pick(APIS)
  const count = draw.chance(0.1) ? 101 : draw.integer(102, 4_800)
  const request = `req_${serial()}`
  return {
    who: { anonymousId: `svc-${service}` },
    call: {
      type: 'track',
      event: 'API Errors Counted',
      properties: { service, count, sample: `503 POST ${path} ${request}` },
    },
    expected: [
      {
        destination: 'platform-alerts',
        text: `:rotating_light: *${service}* answered ${grouped(count)} errors in 5 minutes\n\`\`\`503 POST ${shownPath} ${request}\`\`\``,
      },
    ],
  }
}
