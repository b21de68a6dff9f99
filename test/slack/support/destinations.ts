import type { ApiDestination, WebhookDestination } from '../../../src/config/config.ts'
import type { MessageContent } from '../../../src/core/records.ts'
import { Secret } from '../../../src/core/secret.ts'

const BASE = {
  id: 'sales',
  enabled: true,
  policy: {
    intervalMs: 1_000,
    retryForMs: 3_600_000,
    onAmbiguous: 'resend',
    coalesce: null,
    laneLimit: 1_000,
    expireAfterMs: null,
  },
  appearance: { username: null, iconUrl: null, iconEmoji: null, unfurlLinks: false },
  tls: null,
} as const

export function webhook(url: string, overrides: Partial<WebhookDestination> = {}): WebhookDestination {
  return { ...BASE, type: 'webhook', url: new Secret(url), channel: null, ...overrides }
}

export function api(methodUrl: string, overrides: Partial<ApiDestination> = {}): ApiDestination {
  return {
    ...BASE,
    type: 'api',
    methodUrl,
    token: new Secret('xoxb-17-token'),
    channel: '#alerts',
    ...overrides,
  }
}

export function message(overrides: Partial<MessageContent> = {}): MessageContent {
  return { text: 'hello', channel: null, username: null, icon_url: null, icon_emoji: null, ...overrides }
}
