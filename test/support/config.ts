import type { Action, Config, Destination } from '../../src/config/config.ts'
import { Secret } from '../../src/core/secret.ts'

/** A small configuration, to be changed where a test cares. */
export function testConfig(change: Partial<Config> = {}): Config {
  return {
    version: 'abcdef012345',
    kafka: {
      brokers: ['127.0.0.1:9092'],
      clientId: 'bellhop',
      prefix: 'bellhop',
      events: [{ topic: 'events', format: 'json', map: null, start: { at: 'earliest' } }],
      tls: null,
      sasl: null,
      sessionTimeoutMs: 10_000,
      connectionTimeoutMs: 10_000,
      topics: { create: true, partitions: 4, replication: -1, retentionMs: 86_400_000 },
    },
    slack: { allowOrigins: [], maxSockets: 1_000, queueLimitBytes: 134_217_728 },
    destinations: new Map([['sales', testWebhook('sales')]]),
    actions: [],
    integrationNames: ['Slack', 'Actions Slack'],
    maxEventBytes: 1_048_576,
    http: { host: '127.0.0.1', port: 0 },
    httpToken: null,
    canary: null,
    notify: null,
    registry: null,
    ...change,
  }
}

export function testWebhook(id: string, url = `https://hooks.slack.com/services/T0/B0/${id}`): Destination {
  return {
    id,
    enabled: true,
    type: 'webhook',
    url: new Secret(url),
    channel: null,
    appearance: { username: null, iconUrl: null, iconEmoji: null, unfurlLinks: false },
    tls: null,
    policy: {
      intervalMs: 1_000,
      retryForMs: 3_600_000,
      onAmbiguous: 'resend',
      coalesce: null,
      laneLimit: 1_000,
      expireAfterMs: null,
    },
  }
}

export function testAction(change: Partial<Action> & Pick<Action, 'id'>): Action {
  return {
    enabled: true,
    trigger: 'type = "track"',
    message: '{{ event }}',
    destinations: ['sales'],
    topics: null,
    channel: null,
    username: null,
    iconUrl: null,
    iconEmoji: null,
    ...change,
  }
}
