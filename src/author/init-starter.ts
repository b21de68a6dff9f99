import { testFile } from './init-files.ts'

/** What a configuration begins with where no topic shows what there is. */
export const STARTER_ACTIONS = `  - id: order-completed
    trigger: >-
      type = "track" and event = "Order Completed" and properties.total >= 100
    message: >-
      :tada: {{ $.properties.name | default: $.userId }} ordered for {{ $.properties.total | money: $.properties.currency }}
    next_step: thank them
    links:
      Customer: "https://crm.example.com/people/{{ $.userId | url_encode }}"  # your own address here

  - id: enterprise-signup
    trigger: >-
      type = "identify" and traits.plan = "enterprise"
    message: >-
      :office: {{ $.traits.name | default: $.userId }} is on enterprise
    next_step: offer a call this week
    links:
      Customer: "https://crm.example.com/people/{{ $.userId | url_encode }}"
`

/** Whom their tests expect messages at. */
export function starterTests(destination: string): string {
  const order = { name: 'Ada', total: 250, currency: 'USD' }
  const sent = (contains: string) => ({ [destination]: { contains: [contains] } })
  return testFile([
    {
      name: 'a large order',
      event: { type: 'track', event: 'Order Completed', userId: 'user-1', properties: order },
      expect: sent(':tada: Ada ordered for $250.00'),
    },
    {
      name: 'a small order is no message',
      event: {
        type: 'track',
        event: 'Order Completed',
        userId: 'user-1',
        properties: { ...order, total: 20 },
      },
      expect: 'none',
    },
    {
      name: 'a customer without a name on enterprise',
      event: { type: 'identify', userId: 'user-2', traits: { plan: 'enterprise' } },
      expect: sent(':office: user-2 is on enterprise'),
    },
    {
      name: 'another plan is no message',
      event: { type: 'identify', userId: 'user-2', traits: { plan: 'free' } },
      expect: 'none',
    },
  ])
}
