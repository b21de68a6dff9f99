/** Events that deserve no message: ordinary traffic, values just short of a threshold, and near misses of every kind. */
import { COMPANIES, COUNTRIES } from './cast.ts'
import type { Draw, NonEmpty } from './draw.ts'
import { drawName, drawUserId, type Scene, type SegmentCall, type Story, type Told } from './scene.ts'

const PAGES: NonEmpty<string> = ['Home', 'Pricing', 'Docs', 'Cart', 'Product', 'Blog']
const PRODUCTS: NonEmpty<string> = ['Desk lamp', 'Oak shelf', 'Wool rug', 'Reading chair', 'Tea <set> & tray']

const SILENCING: NonEmpty<Record<string, boolean>> = [
  { Slack: false },
  { All: false },
  { All: true, Slack: false },
]

type QuietCall = (draw: Draw) => SegmentCall

const track = (event: string, properties: Record<string, unknown>): SegmentCall => ({
  type: 'track',
  event,
  properties,
})

const ORDINARY: NonEmpty<QuietCall> = [
  (draw) => {
    const name = draw.pick(PAGES)
    return { type: 'page', name, properties: { path: `/${name.toLowerCase()}`, title: name } }
  },
  (draw) => track('Product Viewed', { product: draw.pick(PRODUCTS), price: draw.integer(9, 400) }),
  (draw) => track('Product Added', { product: draw.pick(PRODUCTS), quantity: draw.integer(1, 3) }),
  (draw) => track('Feature Used', { feature: draw.pick(['export', 'search', 'share', 'import']) }),
  (draw) => track('Email Opened', { campaign: `spring-${draw.integer(1, 9)}` }),
  (draw) => track('Checkout Started', { value: draw.integer(10, 900), currency: 'USD', products: [] }),
  (draw) => track('Order Completed', { total: draw.integer(5, 249), currency: 'EUR' }),
  (draw) => track('Payment Succeeded', { amount: draw.integer(9, 499), currency: 'USD' }),
  (draw) => track('NPS Submitted', { score: draw.integer(8, 10) }),
  (draw) => ({
    type: 'identify',
    traits: { name: drawName(draw).raw, plan: draw.pick(['free', 'starter', 'team']) },
  }),
  (draw) => ({
    type: 'group',
    groupId: `acc_${draw.integer(100, 999)}`,
    traits: { name: draw.pick(COMPANIES).raw, employees: draw.integer(1, 150) },
  }),
]

/** Each of these is one step away from a trigger of the demo's configuration. */
const NEAR_MISSES: NonEmpty<QuietCall> = [
  () => track('Order Completed', { total: 249.99, currency: 'USD' }),
  () => track('Order Completed', { total: '900', currency: 'USD' }),
  () => track('order completed', { total: 900, currency: 'USD' }),
  () => track('API Errors Counted', { service: 'checkout-api', count: 100 }),
  () => track('API Errors Counted', { service: 'checkout-worker', count: 4_000 }),
  () => track('NPS Submitted', { score: 7 }),
  () => track('NPS Submitted', { score: null }),
  () => track('Subscription Cancelled', { mrr: 49.99, currency: 'USD' }),
  () => track('Payment Failed', { attempt: 1, amount: 20, currency: 'USD' }),
  () => track('Payment Failed', { attempt: 3, amount: 20, currency: 'USD', test: true }),
  () => track('Plan Upgraded', { plan: 'starter', from: 'free' }),
  () => track('Checkout Started', { value: 1_000, currency: 'USD', products: [] }),
  () => ({ type: 'group', groupId: 'acc_199', traits: { name: 'Globex', employees: 199 } }),
  () => ({ type: 'identify', traits: { plan: 'Enterprise' } }),
  () => ({ type: 'page', name: 'Order Completed', properties: { total: 900 } }),
]

/** Somebody of a few hundred customers, or a visitor who is not signed in. */
function visitor(draw: Draw): Told['who'] {
  return draw.chance(0.6) ? { userId: drawUserId(draw) } : { anonymousId: `anon-${draw.hex(12)}` }
}

/** Would lead to a message, did its `integrations` not say that Slack gets nothing. */
function withheld({ draw }: Scene): Told {
  return {
    who: { userId: drawUserId(draw) },
    call: track('Signed Up', { name: drawName(draw).raw, country: draw.pick(COUNTRIES) }),
    integrations: draw.pick(SILENCING),
    expected: [],
  }
}

export const quiet: Story = (scene) => {
  const { draw } = scene
  const kind = draw.integer(1, 100)
  if (kind <= 2) return withheld(scene)
  return { who: visitor(draw), call: draw.pick(kind <= 10 ? NEAR_MISSES : ORDINARY)(draw), expected: [] }
}
