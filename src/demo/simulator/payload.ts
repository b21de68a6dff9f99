import { parseJsonObject } from '../../core/parse-json-object.ts'
import type { Refusal } from './answers.ts'

/**
 * What a post asks to show, as far as the demo shows it. Checked at least as strictly as Slack does, so that a
 * payload which passes here passes there.
 */
export interface ReceivedPayload {
  text: string
  channel: string | null
  username: string | null
  icon_url: string | null
  icon_emoji: string | null
}

export type ParsedPayload = { ok: true; payload: ReceivedPayload } | { ok: false; refusal: Refusal }

/** Slack cuts what is longer (https://docs.slack.dev/reference/methods/chat.postMessage, truncating content). */
const MAX_TEXT_LENGTH = 40_000
const MAX_ATTACHMENTS = 100
const OPTIONAL_STRINGS = ['channel', 'username', 'icon_url', 'icon_emoji'] as const
const FLAGS = ['unfurl_links', 'unfurl_media', 'mrkdwn', 'link_names'] as const

/** A body of JSON, or of a form: `payload=` with JSON for webhooks, the arguments themselves for the API. */
export function parsePayload(contentType: string, body: Buffer): ParsedPayload {
  const fields = fieldsOf(contentType, body)
  if (fields === null || !hasKnownShape(fields)) return { ok: false, refusal: 'invalid_payload' }
  const attachments = Array.isArray(fields.attachments) ? fields.attachments.length : 0
  if (attachments > MAX_ATTACHMENTS) return { ok: false, refusal: 'too_many_attachments' }
  const text = typeof fields.text === 'string' ? fields.text : ''
  if (text.trim() === '') return { ok: false, refusal: 'no_text' }
  return {
    ok: true,
    payload: {
      text: text.slice(0, MAX_TEXT_LENGTH),
      channel: stringOrNull(fields.channel),
      username: stringOrNull(fields.username),
      icon_url: stringOrNull(fields.icon_url),
      icon_emoji: stringOrNull(fields.icon_emoji),
    },
  }
}

function fieldsOf(contentType: string, body: Buffer): Record<string, unknown> | null {
  const type = contentType.split(';')[0]?.trim().toLowerCase()
  const text = decodeUtf8(body)
  if (text === null) return null
  if (type === 'application/json') return parseJsonObject(text)
  if (type !== 'application/x-www-form-urlencoded') return null
  const form = new URLSearchParams(text)
  const payload = form.get('payload')
  return payload === null ? Object.fromEntries(form) : parseJsonObject(payload)
}

function decodeUtf8(body: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return null
  }
}

function hasKnownShape(fields: Record<string, unknown>): boolean {
  return (
    isAbsentOr(fields.text, 'string') &&
    OPTIONAL_STRINGS.every((name) => isAbsentOr(fields[name], 'string')) &&
    FLAGS.every((name) => isAbsentOr(fields[name], 'boolean') || isAbsentOr(fields[name], 'string'))
  )
}

function isAbsentOr(value: unknown, type: 'string' | 'boolean'): boolean {
  return value === undefined || value === null || typeof value === type
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
