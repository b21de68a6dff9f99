/** What the observer's tests let happen. */

export const PLACE = { stage: 'match', topic: 'analytics.events', partition: 3 } as const

export const ID = 'analytics.events:3:1042:signed-up:sales'

export const POST = {
  destination: 'sales',
  messageId: ID,
  status: 200,
  detail: null,
  attempt: 1,
  messages: 1,
  durationMs: 120,
  intervalMs: 1000,
} as const

export const DISPATCH = { topic: 'bellhop.dispatch', partition: 3 } as const

export const REFUSED = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9092'), {
  code: 'ECONNREFUSED',
})

export const AWAY = { brokers: ['127.0.0.1:9092'], error: REFUSED, retryInMs: 2000 }
