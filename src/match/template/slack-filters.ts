/** Filters whose result is Slack's markup already. */
import { cleanText, linkUrl, slackLink } from '../../slack/escape.ts'
import { SlackMarkup, toMarkup, toPlainText, toRawMarkup } from './slack-markup.ts'
import type { FilterHandler } from './text-filters.ts'

/** `$.url | link: "label"`; the plain URL where it must not be a link, nothing where there is none. */
const link: FilterHandler = (value: unknown, label: unknown) => {
  const url = cleanText(toPlainText(value))
  if (linkUrl(url) === null) return value
  const shown = cleanText(toPlainText(label))
  return new SlackMarkup(slackLink(url, shown), shown === '' ? `<${url}>` : `<${url}|${shown}>`)
}

/** Ids as Slack gives them: upper-case letters and digits, the first letter says of what. */
const MENTIONS = [
  { id: /^[UW][A-Z0-9]+$/, sign: '@' },
  { id: /^S[A-Z0-9]+$/, sign: '!subteam^' },
  { id: /^C[A-Z0-9]+$/, sign: '#' },
] as const

/** The id of a user, user group or channel as a mention; anything else stays as it is. */
const mention: FilterHandler = (value: unknown) => {
  const id = cleanText(toPlainText(value)).trim()
  const kind = MENTIONS.find((candidate) => candidate.id.test(id))
  if (kind === undefined) return value
  const token = `<${kind.sign}${id}>`
  return new SlackMarkup(token, token)
}

/** Every output is escaped once, so Liquid's own escaping filters add nothing to it. */
const escaped: FilterHandler = (value: unknown) => toMarkup(value)

const raw: FilterHandler = (value: unknown) => toRawMarkup(value)

export const SLACK_FILTERS: Readonly<Record<string, FilterHandler>> = {
  link,
  mention,
  escape: escaped,
  escape_once: escaped,
  xml_escape: escaped,
  raw,
}
