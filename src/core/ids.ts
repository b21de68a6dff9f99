import { createHash } from 'node:crypto'

/** One message of one event: deterministic, so that a replay of the match stage gives the same ids. */
export interface MessageIdParts {
  topic: string
  partition: number
  offset: number
  action: string
  destination: string
}

/** `analytics.events:3:1042:order-completed:sales`: a person can type it. No part can hold a colon. */
export function formatMessageId(parts: MessageIdParts): string {
  return `${parts.topic}:${parts.partition}:${parts.offset}:${parts.action}:${parts.destination}`
}

/** The parts of a message id, or null where the text is none. */
export function parseMessageId(text: string): MessageIdParts | null {
  const found = /^([\w.-]+):(\d+):(\d+):([\w.-]+):([\w.-]+)$/.exec(text)
  if (found === null) return null
  const [, topic = '', partition, offset, action = '', destination = ''] = found
  return { topic, partition: Number(partition), offset: Number(offset), action, destination }
}

/** 32 hex digits of SHA-256: names a secret without telling it. */
export function fingerprint(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 32)
}

/**
 * The identity of a webhook, the key of its dispatch records and the name of its lane: the URL's origin and,
 * in place of path and query (the secret part), their fingerprint.
 */
export function webhookKey(url: string): string {
  return `${new URL(url).origin}/${fingerprint(url)}`
}

/** The identity of a channel posted to with chat.postMessage: method URL, token fingerprint, channel. */
export function channelKey(target: { methodUrl: string; token: string; channel: string }): string {
  return `${target.methodUrl}/${fingerprint(target.token)}/${target.channel}`
}
