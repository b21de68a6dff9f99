import { defaulted, listOf } from './option.ts'
import { policyDefaultsShape } from './policy.ts'
import { integer, origin, size, url } from './scalar.ts'

export const POST_MESSAGE_URL = 'https://slack.com/api/chat.postMessage'

export const slackShape = {
  allow_origins: defaulted(listOf(origin()), [], {
    type: 'list of origins',
    description: "Where messages may go beside Slack's own hosts: a Mattermost, a simulator.",
    example: '[https://chat.example.com, "http://127.0.0.1:3999"]',
  }),
  api_url: defaulted(url(), POST_MESSAGE_URL, {
    type: 'web address',
    description:
      'The address of chat.postMessage. An address of another origin needs that origin in `allow_origins`.',
    example: 'http://127.0.0.1:3999/api/chat.postMessage',
  }),
  max_sockets: defaulted(integer({ min: 1, max: 100_000 }), '1000', {
    type: 'whole number',
    description: 'Posts in flight at once, over all lanes.',
    example: '200',
  }),
  queue_limit: defaulted(size({ min: 1_048_576, max: 68_719_476_736 }), '128MiB', {
    type: 'size',
    description: 'Messages held in memory over all lanes, at most; the rest wait in Kafka.',
    example: '512MiB',
  }),
  ...policyDefaultsShape,
}
