import { defaulted, type OptionDoc, optional, toggledSection } from './option.ts'
import { choice, duration, durationOrOff, integer, rate } from './scalar.ts'

/** How a lane delivers. The same options stand under `slack:` with their defaults and on a destination without. */
export const AMBIGUOUS_ANSWERS = ['resend', 'dead_letter'] as const

export const coalesceShape = {
  max_messages: defaulted(integer({ min: 1, max: 100 }), '20', {
    type: 'whole number',
    description: 'Messages joined into one post, at most: 1 to 100.',
    example: '10',
  }),
  max_chars: defaulted(integer({ min: 100, max: 4_000 }), '3500', {
    type: 'whole number',
    description:
      'Characters of a joint post, at most: 100 to 4,000, which is the most that Slack recommends.',
    example: '2000',
  }),
}

const schemas = {
  rate: rate(),
  retry_for: duration({ min: '0s', max: '30d' }),
  on_ambiguous: choice(AMBIGUOUS_ANSWERS),
  coalesce: toggledSection(coalesceShape, { on: 'on', off: 'off' }),
  lane_limit: integer({ min: 1, max: 1_000_000 }),
  expire_after: durationOrOff({ min: '1s', max: '365d' }),
}

const docs = {
  rate: {
    type: 'rate or off',
    description:
      'The pace of one webhook or channel: the next post leaves no sooner than this after the previous answer. `off` paces nothing.',
    example: '30/m',
  },
  retry_for: {
    type: 'duration',
    description:
      'How long a message is tried again after refused connections, 5xx and the like, before it becomes a dead letter. The time of a pause does not count.',
    example: '15m',
  },
  on_ambiguous: {
    type: 'resend or dead_letter',
    description:
      'What happens to a message that may or may not have been posted (a timeout, a reset): sent again at most twice, or given up at once.',
    example: 'dead_letter',
  },
  coalesce: {
    type: 'on, off or a map',
    description:
      'Whether messages that wait in one lane and look alike (channel, username, icon) go out as one post.',
    example: '{ max_messages: 10 }',
  },
  lane_limit: {
    type: 'whole number',
    description:
      'Messages of one lane held in memory, at most (1 to 1,000,000); the rest wait in Kafka. Below max_messages it bounds a joint post too.',
    example: '200',
  },
  expire_after: {
    type: 'duration or off',
    description:
      'A message that has waited longer than this (1s to 365d) since it was queued becomes a dead letter, cause `expired`, unposted. `off` lets it wait for as long as it takes. The time of a pause counts.',
    example: '30m',
  },
} satisfies Record<keyof typeof schemas, OptionDoc>

export const policyDefaultsShape = {
  rate: defaulted(schemas.rate, '1/s', docs.rate),
  retry_for: defaulted(schemas.retry_for, '1h', docs.retry_for),
  on_ambiguous: defaulted(schemas.on_ambiguous, 'resend', docs.on_ambiguous),
  coalesce: defaulted(schemas.coalesce, 'on', docs.coalesce),
  lane_limit: defaulted(schemas.lane_limit, '1000', docs.lane_limit),
  expire_after: defaulted(schemas.expire_after, 'off', docs.expire_after),
}

const inherited = <K extends keyof typeof docs>(name: K) => ({ ...docs[name], otherwise: `slack.${name}` })

export const policyShape = {
  rate: optional(schemas.rate, inherited('rate')),
  retry_for: optional(schemas.retry_for, inherited('retry_for')),
  on_ambiguous: optional(schemas.on_ambiguous, inherited('on_ambiguous')),
  coalesce: optional(schemas.coalesce, inherited('coalesce')),
  lane_limit: optional(schemas.lane_limit, inherited('lane_limit')),
  expire_after: optional(schemas.expire_after, inherited('expire_after')),
}
