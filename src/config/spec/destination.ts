import { ignoreOption } from './ignore.ts'
import { defaulted, optional, section } from './option.ts'
import { playbookDefaultsShape } from './playbook.ts'
import { policyShape } from './policy.ts'
import { choice, flag, pattern, secretText, secretUrl, text, url } from './scalar.ts'
import { destinationTlsShape } from './tls.ts'

/** What a webhook shows where nothing else is configured. */
export const DEFAULT_USERNAME = 'Customer.io Data Pipelines'

export const channel = () => pattern("a channel's name or id, or a user's id", /^[^\s\p{Cc}]+$/u)
export const iconEmoji = () => pattern('an emoji between colons, such as :tada:', /^:[^\s:]+(?:::[^\s:]+)?:$/)

export const webhookUrlDoc = {
  type: 'web address',
  description:
    'An incoming webhook: https on hooks.slack.com or hooks.slack-gov.com, or an origin of `slack.allow_origins`.',
  example: '${SALES_WEBHOOK_URL}',
  secret: true,
}

export const destinationShape = {
  webhook_url: optional(secretUrl(), webhookUrlDoc),
  token: optional(secretText("a Slack app's token, without white space", /^[\x21-\x7e]+$/, true), {
    type: 'text',
    description: "A Slack app's token; with `channel` it means chat.postMessage. Needs the scope chat:write.",
    example: '${file:/run/secrets/slack_token}',
    secret: true,
  }),
  channel: optional(channel(), {
    type: 'text',
    description:
      "A channel's name or id, or a user's id for a direct message. Needed with `token`. With a webhook it is sent only where configured: webhooks of Slack apps are tied to one channel and ignore or refuse another.",
    example: '"#alerts"',
  }),
  type: optional(choice(['blackhole']), {
    type: 'blackhole',
    description:
      'A blackhole takes everything and posts nothing, for tests and dry runs. Left out for all others.',
    example: 'blackhole',
  }),
  username: optional(text(), {
    type: 'text',
    description:
      'The name shown beside the message. Most webhooks of Slack apps ignore it; chat.postMessage needs the scope chat:write.customize.',
    example: 'Sales bot',
    otherwise: `${DEFAULT_USERNAME} with a webhook, else the app's own name`,
  }),
  icon_url: optional(url(), {
    type: 'web address',
    description: 'The picture shown beside the message; as for `username`.',
    example: 'https://example.com/icon.png',
  }),
  icon_emoji: optional(iconEmoji(), {
    type: 'emoji',
    description: 'An emoji instead of a picture; as for `username`.',
    example: '":tada:"',
  }),
  unfurl_links: defaulted(flag(), 'false', {
    type: 'true or false',
    description: 'Whether Slack shows previews of links.',
    example: 'true',
  }),
  enabled: defaulted(flag(), 'true', {
    type: 'true or false',
    description: 'Whether messages go there.',
    example: 'false',
  }),
  tls: optional(section(destinationTlsShape), {
    type: 'map',
    description:
      'Certificates, where the receiver has an authority of its own or asks for a certificate: a Mattermost, a gateway. Only over https.',
    example: '{ ca: certs/chat-ca.pem }',
    otherwise: 'the well-known authorities, and no certificate of our own',
  }),
  defaults: optional(section(playbookDefaultsShape), {
    type: 'map',
    description: 'What stands under the messages of all actions that come here, where they say nothing else.',
    example: '{ owner: S0614TZR7, sla: 4h }',
  }),
  ...policyShape,
  ignore: ignoreOption(),
}
