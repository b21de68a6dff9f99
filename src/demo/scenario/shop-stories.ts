/** The shop's events that deserve a message, each with the messages that the demo's configuration must make of it. */
import { COUNTRIES } from './cast.ts'
import { amount, CURRENCIES } from './figures.ts'
import { drawName, drawUserId, type Story } from './scene.ts'

/** Orders of 250 and more; one in ten is worth exactly that. */
export const bigOrder: Story = ({ draw, serial }) => {
  const name = drawName(draw)
  const currency = draw.pick(CURRENCIES)
  const cents = draw.chance(0.1) ? 25_000 : draw.integer(25_001, 299_999)
  const orderId = `A-${serial()}`
  return {
    who: { userId: drawUserId(draw) },
    call: {
      type: 'track',
      event: 'Order Completed',
      properties: { order_id: orderId, name: name.raw, total: cents / 100, currency },
    },
    expected: [
      {
        destination: 'sales',
        text: `🎉 *${name.shown}* completed order ${orderId} for *${amount(cents, currency)}*`,
      },
    ],
  }
}

/** One in six gives no name; one in ten speaks of bellhop in `integrations`, and says yes. */
export const signUp: Story = ({ draw, serial }) => {
  const userId = `u_${serial()}`
  const name = draw.chance(1 / 6) ? null : drawName(draw)
  const country = draw.pick(COUNTRIES)
  const shown = name === null ? userId : name.shown
  return {
    who: { userId },
    call: {
      type: 'track',
      event: 'Signed Up',
      properties: name === null ? { country } : { name: name.raw, country },
    },
    ...(draw.chance(0.1) ? { integrations: { All: false, Slack: true } } : {}),
    expected: [
      { destination: 'signups', text: `:wave: *${shown}* signed up from _${country}_ as \`${userId}\`` },
    ],
  }
}

/** Carts above 1,000, half of them of visitors who are not signed in. */
export const bigCheckout: Story = ({ draw, serial }) => {
  const id = serial()
  const who = draw.chance(0.5) ? { userId: drawUserId(draw) } : { anonymousId: `anon-${draw.hex(12)}` }
  const visitor = who.userId ?? who.anonymousId
  const cents = draw.integer(100_001, 450_000)
  const skus = Array.from({ length: draw.integer(1, 4) }, () => `SKU-${draw.integer(100, 999)}`)
  return {
    who,
    call: {
      type: 'track',
      event: 'Checkout Started',
      properties: {
        checkout_id: `c_${id}`,
        value: cents / 100,
        currency: 'USD',
        products: skus.map((sku) => ({ sku, quantity: draw.integer(1, 3) })),
      },
    },
    expected: [
      {
        destination: 'hot-leads',
        text: `:eyes: \`${visitor}\` is at checkout c_${id} with *${amount(cents, 'USD')}*: ${skus.join(', ')}`,
      },
    ],
  }
}

/** Second attempts and later. */
export const paymentFailure: Story = ({ draw, serial }) => {
  const name = drawName(draw)
  const currency = draw.pick(CURRENCIES)
  const cents = draw.integer(900, 49_900)
  const attempt = draw.integer(2, 4)
  const invoice = `INV-${serial()}`
  const code = draw.pick(['card_expired', 'insufficient_funds', 'do_not_honor'])
  return {
    who: { userId: drawUserId(draw) },
    call: {
      type: 'track',
      event: 'Payment Failed',
      properties: { invoice_id: invoice, name: name.raw, amount: cents / 100, currency, attempt, code },
    },
    expected: [
      {
        destination: 'billing',
        text: `:credit_card: *${name.shown}* still owes *${amount(cents, currency)}* on ${invoice}: attempt ${attempt} ended with \`${code}\``,
      },
    ],
  }
}
