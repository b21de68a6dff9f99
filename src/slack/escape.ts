/**
 * Text for Slack's markup. Slack wants exactly `&`, `<` and `>` escaped
 * (https://docs.slack.dev/messaging/formatting-message-text/#escaping); escaped text can then ping no one and
 * forge no link, mention or date.
 */

/** Bidirectional overrides and isolates: they make text read other than it is. */
const BIDI = '\u202a-\u202e\u2066-\u2069'
const UNCLEAN = new RegExp(`[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f${BIDI}]|\\p{Surrogate}`, 'u')
const CARRIAGE_RETURN = /\r\n?/g
const INVISIBLE = new RegExp(`[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f${BIDI}]`, 'g')
const LONE_SURROGATE = /\p{Surrogate}/gu

/**
 * Removes control characters (C0 but tab and newline, DEL, C1), bidirectional overrides and isolates; CRLF and
 * CR become LF, a lone surrogate U+FFFD. Cleaning twice changes nothing more.
 */
export function cleanText(text: string): string {
  if (!UNCLEAN.test(text)) return text
  return text.replace(CARRIAGE_RETURN, '\n').replace(INVISIBLE, '').replace(LONE_SURROGATE, '\ufffd')
}

/** Text that says in Slack what it says here: cleaned, then escaped once. */
export function escapeText(text: string): string {
  return escapeMarkup(cleanText(text))
}

/** As escapeText, for a slot of one line (a field's value, a link's label): newlines in a row become a space. */
export function inlineText(text: string): string {
  return escapeMarkup(onOneLine(cleanText(text)))
}

/** Newlines in a row become a space: what is clean then cannot start a line of its own. */
export function onOneLine(text: string): string {
  return text.replace(/[\n\u2028\u2029]+/g, ' ')
}

/**
 * The URL as it stands in `<URL|label>`: what would end it is percent-encoded and `&` escaped. Null where it is
 * not http, https or mailto, and so must not be a link.
 */
export function linkUrl(url: string): string | null {
  const address = cleanText(url).trim()
  if (!/^(?:https?:\/\/|mailto:)./i.test(address)) return null
  return escapeMarkup(address.replace(/[\s|<>]/gu, encodeURIComponent))
}

/** `<url|label>`; the URL as plain escaped text where it must not be a link. An empty label is left out. */
export function slackLink(url: string, label: string): string {
  const address = linkUrl(url)
  if (address === null) return escapeText(url)
  const shown = inlineText(label)
  return shown.trim() === '' ? `<${address}>` : `<${address}|${shown}>`
}

/**
 * A date that Slack shows each reader in their own time zone, and in UTC where it cannot. `format` is made of
 * Slack's date tokens and stands as it is; `timeMs` must be in the range of Date.
 */
export function dateToken(timeMs: number, format: string): string {
  const seconds = Math.floor(timeMs / 1_000)
  const fallback = `${new Date(seconds * 1_000).toISOString().slice(0, -8).replace('T', ' ')} UTC`
  return `<!date^${seconds}^${format}|${fallback}>`
}

/** What `dateToken` shows where nothing else is asked for: `Today at 14:05`. */
export const DATE_AND_TIME = '{date_short_pretty} at {time}'

/**
 * Cuts escaped text to `limit` UTF-16 units, U+2026 at the end included. An entity and a surrogate pair stay
 * whole, and so does a `<...>` token where anything stands before it.
 */
export function cutText(text: string, limit: number): { text: string; cut: boolean } {
  if (text.length <= limit) return { text, cut: false }
  if (limit < 1) return { text: '', cut: true }
  return { text: `${text.slice(0, cutPosition(text, limit - 1))}\u2026`, cut: true }
}

function cutPosition(text: string, end: number): number {
  const opening = text.lastIndexOf('<', end - 1)
  const token = opening > 0 ? /^<[^<>\n]*>/.exec(text.slice(opening)) : null
  if (token !== null && opening + token[0].length > end) return opening
  const ampersand = text.lastIndexOf('&', end - 1)
  const entity = /^&(?:amp|lt|gt);/.exec(text.slice(ampersand, ampersand + 5))
  if (entity !== null && ampersand + entity[0].length > end) return ampersand
  return isInsidePair(text, end) ? end - 1 : end
}

function isInsidePair(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1))
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

function escapeMarkup(text: string): string {
  return /[&<>]/.test(text) ? text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? '') : text
}
