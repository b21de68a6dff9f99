/**
 * What an attempt's detail means to a person who has just tried a destination, and what to do about it. Keyed by
 * Slack's words, of which src/slack/classify.ts holds the list; by the status, where the body is not Slack's; and by
 * the codes of Node.js, OpenSSL and undici, where no answer came.
 */
export interface Advice {
  means: string
  todo: string
}

const NEW_WEBHOOK =
  'Create an incoming webhook anew (in your Slack app: Features, Incoming Webhooks) and put its address into the configuration.'
const NEW_TOKEN =
  'Copy the Bot User OAuth Token anew (in your Slack app: OAuth & Permissions; it begins with xoxb-), or reinstall the app.'
const OTHER_CHANNEL = "Leave `channel` out to use the webhook's own, or create a webhook for that channel."
const MESSAGE_ITSELF = 'Try a short plain text; if that arrives, it is the text.'
const LATER = "Try again in a minute; if it stays, look at Slack's status page."
const SLOWER =
  'Wait as long as Slack asks, then try again. bellhop waits by itself; `rate` says how fast it posts.'

/** Words of an incoming webhook, and of chat.postMessage where it uses the same. */
const WORDS: Readonly<Record<string, Advice>> = {
  invalid_payload: { means: 'Slack could not read the request.', todo: MESSAGE_ITSELF },
  no_text: { means: 'Slack saw no text in the message.', todo: 'Give --text something to say.' },
  missing_text_or_fallback_or_attachments: {
    means: 'Slack saw no text in the message.',
    todo: 'Give --text something to say.',
  },
  invalid_blocks: { means: 'Slack took the message for blocks it cannot read.', todo: MESSAGE_ITSELF },
  invalid_blocks_format: { means: 'Slack took the message for blocks it cannot read.', todo: MESSAGE_ITSELF },
  too_many_attachments: { means: 'The message has too many attachments.', todo: MESSAGE_ITSELF },
  msg_too_long: { means: 'The text is too long.', todo: 'Keep it below 4,000 characters.' },
  invalid_arguments: {
    means: 'Slack did not like an option of the request.',
    todo: "Look at the destination's `channel`, `username`, `icon_url` and `icon_emoji`.",
  },
  user_not_found: {
    means: 'The user that the message is for does not exist in this workspace.',
    todo: "Correct the destination's `channel`, which names a user, or leave it out.",
  },
  invalid_token: { means: "The webhook's address is not valid: a part of it is wrong.", todo: NEW_WEBHOOK },
  action_prohibited: {
    means: 'An administrator of the workspace forbids posts like this one.',
    todo: 'Ask the administrator of the workspace, or post into another channel.',
  },
  posting_to_general_channel_denied: {
    means: 'Only some people may post into #general, and this webhook is not one of them.',
    todo: 'Choose another channel, or ask an administrator of the workspace.',
  },
  team_disabled: {
    means: 'The workspace is switched off.',
    todo: 'Ask its owner; nothing can be posted there until it is back.',
  },
  channel_not_found: {
    means: 'There is no such channel for this webhook or app: it does not exist, is private, or was renamed.',
    todo: `With a webhook: ${OTHER_CHANNEL} With a token: correct \`channel\`, and for a private one invite the app (/invite @app).`,
  },
  channel_is_archived: {
    means: 'The channel has been archived.',
    todo: `Bring it back, or choose another. ${OTHER_CHANNEL}`,
  },
  no_service: {
    means:
      'The webhook does not exist any more, or is switched off. Now and then a working one says so, too.',
    todo: `Try once more. If it stays, the webhook is gone. ${NEW_WEBHOOK}`,
  },
  no_service_id: { means: "The webhook's address lacks a part.", todo: NEW_WEBHOOK },
  no_active_hooks: { means: 'The webhook is switched off.', todo: NEW_WEBHOOK },
  no_team: { means: "The workspace in the webhook's address does not exist.", todo: NEW_WEBHOOK },
  rollup_error: { means: 'Slack has trouble of its own.', todo: LATER },
  rate_limited: { means: 'Too many posts in a short time.', todo: SLOWER },
  ratelimited: { means: 'Too many posts in a short time.', todo: SLOWER },
  message_limit_exceeded: { means: 'The workspace has used up what it may post for now.', todo: SLOWER },
  not_in_channel: {
    means: 'The app is not in the channel.',
    todo: 'Invite it there (/invite @app), or give it the scope chat:write.public, which is enough for public channels.',
  },
  is_archived: {
    means: 'The channel has been archived.',
    todo: 'Bring it back, or choose another `channel`.',
  },
  invalid_auth: { means: 'Slack does not know the token.', todo: NEW_TOKEN },
  not_authed: { means: 'No token arrived at Slack.', todo: NEW_TOKEN },
  token_revoked: { means: 'The token was revoked.', todo: NEW_TOKEN },
  token_expired: { means: 'The token has expired.', todo: NEW_TOKEN },
  account_inactive: {
    means: 'The token belongs to a user or app that was removed from the workspace.',
    todo: NEW_TOKEN,
  },
  missing_scope: {
    means: 'The token lacks a scope.',
    todo: 'Add the scope in your Slack app (OAuth & Permissions, Scopes), then reinstall the app. `bellhop check` names those that this configuration needs.',
  },
  service_unavailable: { means: 'Slack has trouble of its own.', todo: LATER },
  request_timeout: { means: 'Slack did not get the whole request in time.', todo: LATER },
  internal_error: {
    means: 'Slack has trouble of its own; the message may have been posted.',
    todo: `Look into the channel first. ${LATER}`,
  },
  fatal_error: {
    means: 'Slack has trouble of its own; the message may have been posted.',
    todo: `Look into the channel first. ${LATER}`,
  },
}

/** For the documentation: Slack's words, and what each means, in the order of the table above. */
export const ADVICE_BY_WORD: ReadonlyMap<string, Advice> = new Map(Object.entries(WORDS))

interface Pattern extends Advice {
  /** Of the detail. */
  detail: RegExp
}

const ADDRESS = "Compare the destination's address with the one that Slack shows"
const PROXY = 'The proxy is the one of HTTPS_PROXY, HTTP_PROXY and NO_PROXY in the environment.'

/** The first that fits. */
const PATTERNS: readonly Pattern[] = [
  {
    detail: /^proxy: answered 407$/,
    means: 'The proxy wants a user name and a password.',
    todo: `Put them into its address, percent-encoded. ${PROXY}`,
  },
  {
    detail: /^proxy: answered/,
    means: 'The proxy does not let this connection through.',
    todo: `Ask its administrator to allow the destination's host, or name the host in NO_PROXY. ${PROXY}`,
  },
  {
    detail: /^proxy: /,
    means: 'The connection to the proxy failed; Slack was not reached.',
    todo: `Check the proxy's address, or name the host in NO_PROXY. ${PROXY}`,
  },
  {
    detail: /^(?:enotfound|eai_again|eai_\w+)$/,
    means: "The destination's host has no address: DNS does not know it, or does not answer.",
    todo: `${ADDRESS}, and try \`getent hosts\` with its host. Behind a proxy set HTTPS_PROXY.`,
  },
  {
    detail: /^econnrefused$/,
    means: 'Nobody listens at that host and port.',
    todo: `${ADDRESS}; a receiver of your own may not be running. Behind a proxy set HTTPS_PROXY.`,
  },
  {
    detail: /^(?:ehostunreach|enetunreach|enetdown|ehostdown|eaddrnotavail)$/,
    means: 'There is no way from this machine to that host.',
    todo: 'Check the network and the firewall. Behind a proxy set HTTPS_PROXY.',
  },
  {
    detail: /^(?:etimedout|und_err_connect_timeout)$/,
    means: 'The host did not answer the connection: a firewall drops it, or the host is down.',
    todo: 'Check the firewall. Behind a proxy set HTTPS_PROXY.',
  },
  {
    detail:
      /^(?:unable_to_verify_leaf_signature|self_signed_cert\w*|depth_zero_self_signed_cert|unable_to_get_issuer\w*|cert_untrusted)$/,
    means: "The receiver's certificate is signed by an authority that is not trusted here.",
    todo: 'For a receiver of your own give the destination `tls: { ca: ... }`. On the way to Slack it means that someone stands between: a proxy that opens TLS (give it to NODE_EXTRA_CA_CERTS), or worse.',
  },
  {
    detail: /^cert_(?:has_expired|not_yet_valid)$/,
    means: "The receiver's certificate is out of its time, or this machine's clock is wrong.",
    todo: 'Check the clock; have the certificate renewed.',
  },
  {
    detail: /^err_tls_cert_altname_invalid$/,
    means: "The receiver's certificate is for another host name.",
    todo: `${ADDRESS}; the host must be one that the certificate names.`,
  },
  {
    detail: /_alert_/,
    means: 'The receiver refused our certificate, or we showed none.',
    todo: "Check the destination's `tls.cert` and `tls.key`.",
  },
  {
    detail: /^(?:err_ssl_|err_tls_|eproto)/,
    means: 'No encrypted connection came about.',
    todo: 'Is the address https where the receiver speaks http, or behind a proxy that changes TLS?',
  },
]

/** By an answer that is not Slack's: the status in `foreign_body 502`, `empty_body 404`. */
const STATUSES: readonly { from: number; to: number; advice: Advice }[] = [
  {
    from: 200,
    to: 299,
    advice: {
      means:
        "Something answered that is not Slack: a proxy's page, a login page, or a receiver that does not speak Slack's way. The message may have been posted.",
      todo: `Look into the channel. ${ADDRESS}.`,
    },
  },
  {
    from: 300,
    to: 399,
    advice: {
      means:
        'The address leads elsewhere (a redirect), and bellhop never follows one: it would hand the secret on.',
      todo: `${ADDRESS}; write the final one.`,
    },
  },
  {
    from: 401,
    to: 401,
    advice: { means: 'The receiver wants a login.', todo: `${ADDRESS}, or renew the token.` },
  },
  {
    from: 403,
    to: 403,
    advice: {
      means: 'The receiver forbids it; it may be a proxy or a firewall.',
      todo: `${ADDRESS}. ${PROXY}`,
    },
  },
  {
    from: 404,
    to: 404,
    advice: { means: 'There is nothing at this address.', todo: `${ADDRESS}. ${NEW_WEBHOOK}` },
  },
  { from: 408, to: 408, advice: { means: 'The receiver did not get the request in time.', todo: LATER } },
  { from: 410, to: 410, advice: { means: 'What was at this address is gone.', todo: NEW_WEBHOOK } },
  {
    from: 413,
    to: 413,
    advice: { means: 'The message is too large.', todo: 'Keep it below 4,000 characters.' },
  },
  { from: 429, to: 429, advice: { means: 'Too many posts in a short time.', todo: SLOWER } },
  { from: 400, to: 499, advice: { means: 'The receiver refuses the message.', todo: MESSAGE_ITSELF } },
  { from: 500, to: 599, advice: { means: 'The receiver has trouble of its own.', todo: LATER } },
]

const REFUSED: Advice = { means: 'Slack refuses the message with this word.', todo: MESSAGE_ITSELF }
const NO_CONNECTION: Advice = {
  means: 'No connection to the receiver came about.',
  todo: 'Check the network, the firewall and the proxy of this machine.',
}
const NO_ANSWER: Advice = {
  means: 'The request was written, but no whole answer came. The message may have been posted.',
  todo: 'Look into the channel before you try again.',
}
const NO_CONNECTION_IN_TIME: Advice = {
  means: 'No connection within 10 s: a firewall drops it, or the host is down.',
  todo: 'Check the network and the firewall. Behind a proxy set HTTPS_PROXY.',
}

export interface AnsweredDetail {
  outcome: string
  detail: string | null
  /** Of the answer; null where none came. */
  status: number | null
}

/** Of an attempt that was not sent. */
export function adviceOn({ outcome, detail, status }: AnsweredDetail): Advice {
  const word = detail?.split(':')[0] ?? ''
  const byWord = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
  if (byWord !== undefined) return byWord
  if (status !== null) return adviceOnStatus(status, { outcome, detail })
  const byCode = PATTERNS.find((pattern) => pattern.detail.test(detail ?? ''))
  if (byCode !== undefined) return byCode
  if (outcome === 'ambiguous') return NO_ANSWER
  return detail === 'timeout' ? NO_CONNECTION_IN_TIME : NO_CONNECTION
}

/** Why the rest of an answer never came: a code, and no word of Slack's. */
const CUT_OFF = /^(?:timeout|e[a-z]+|und_err_[a-z_]+)$/

/** A word that is not in the table, of chat.postMessage with its status 200 or of a webhook with 400. */
function adviceOnStatus(status: number, { outcome, detail }: Omit<AnsweredDetail, 'status'>): Advice {
  const isWord = detail !== null && /^[a-z0-9_]+$/.test(detail)
  if (outcome === 'ambiguous' && CUT_OFF.test(detail ?? '')) return NO_ANSWER
  if (isWord && outcome === 'rejected' && status >= 200 && status <= 299) return REFUSED
  return STATUSES.find(({ from, to }) => status >= from && status <= to)?.advice ?? NO_ANSWER
}
