import type { ApiDestination, WebhookDestination } from '../config/config.ts'
import type { MessageContent } from '../core/records.ts'

/**
 * What is sent to Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/ and
 * https://docs.slack.dev/reference/methods/chat.postMessage. An override stands in it only where configured: most
 * webhooks are tied to one channel, and chat.postMessage asks for a scope. `link_names` is never sent, so that
 * event data cannot notify anyone.
 */
export interface SlackPayload {
  channel?: string
  text: string
  username?: string
  icon_url?: string
  icon_emoji?: string
  unfurl_links: boolean
  unfurl_media: boolean
}

/** The message's own channel, username and icon go before the destination's. */
export function buildPayload(
  destination: WebhookDestination | ApiDestination,
  message: MessageContent,
): SlackPayload {
  const { appearance } = destination
  const channel = message.channel ?? destination.channel
  const username = message.username ?? appearance.username
  return {
    ...(channel === null ? {} : { channel }),
    text: message.text,
    ...(username === null ? {} : { username }),
    ...(iconOf(message.icon_emoji, message.icon_url) ?? iconOf(appearance.iconEmoji, appearance.iconUrl)),
    unfurl_links: appearance.unfurlLinks,
    unfurl_media: appearance.unfurlLinks,
  }
}

/** One icon, since `icon_emoji` overrides `icon_url` (chat.postMessage's reference says so). */
function iconOf(
  emoji: string | null,
  url: string | null,
): Pick<SlackPayload, 'icon_emoji' | 'icon_url'> | null {
  if (emoji !== null) return { icon_emoji: emoji }
  return url === null ? null : { icon_url: url }
}
