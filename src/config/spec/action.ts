import * as z from 'zod'
import { channel, iconEmoji, webhookUrlDoc } from './destination.ts'
import { ignoreOption } from './ignore.ts'
import { defaulted, listOf, optional, required } from './option.ts'
import { playbookShape } from './playbook.ts'
import { flag, id, secretUrl, text, topicName, url, verbatimText } from './scalar.ts'

const OVERRIDE =
  'With a `webhook_url` here it belongs to that webhook; else it stands in for what the destination shows.'

export const actionShape = {
  id: required(id(), {
    type: 'id',
    description: 'Names the action in message ids, metrics and receipts. Unique.',
    example: 'order-completed',
  }),
  trigger: required(verbatimText('a trigger (FQL)'), {
    type: 'FQL',
    description: 'When it holds for an event, the message is sent.',
    example: 'type = "track" and event = "Order Completed"',
    verbatim: true,
  }),
  message: required(verbatimText('a message template (Liquid)'), {
    type: 'Liquid',
    description: 'The text of the message. Data of the event is escaped for Slack.',
    example: '"{{$.properties.name}} just completed an order"',
    verbatim: true,
  }),
  ...playbookShape,
  destination: optional(
    listOf(text("a destination's id")).check(z.minLength(1, 'needs at least one destination')),
    {
      type: 'id, or a list of them',
      description: 'Where the message goes.',
      example: '[sales, alerts]',
      otherwise: 'the only destination there is',
    },
  ),
  topics: optional(listOf(topicName()).check(z.minLength(1, 'needs at least one topic')), {
    type: 'list of topics',
    description: 'The topics of `kafka.events` that this action listens to.',
    example: '[analytics.events]',
    otherwise: 'all of them',
  }),
  enabled: defaulted(flag(), 'true', {
    type: 'true or false',
    description: 'Whether the action is evaluated.',
    example: 'false',
  }),
  webhook_url: optional(secretUrl(), {
    ...webhookUrlDoc,
    description:
      "An incoming webhook of the action's own instead of `destination`: it becomes a destination under the action's id.",
  }),
  channel: optional(channel(), {
    type: 'text',
    description: `A channel's name or id. ${OVERRIDE}`,
    example: '"#vip"',
  }),
  username: optional(text(), {
    type: 'text',
    description: `The name shown beside the message. ${OVERRIDE}`,
    example: 'Shop',
  }),
  icon_url: optional(url(), {
    type: 'web address',
    description: `The picture shown beside the message. ${OVERRIDE}`,
    example: 'https://example.com/shop.png',
  }),
  icon_emoji: optional(iconEmoji(), {
    type: 'emoji',
    description: `An emoji instead of a picture. ${OVERRIDE}`,
    example: '":moneybag:"',
  }),
  ignore: ignoreOption(),
}
