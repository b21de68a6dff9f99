/** The page's pieces as elements: a message, a day's divider, an entry of the list of channels. */
import { emojiOf } from './emoji.js'
import { element, renderMrkdwn } from './render.js'

const TINTS = 8
const timeFormat = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const fullFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })

/** What a sender without a name is called. */
const NAMELESS = 'bellhop'

export function messageItem(message) {
  const name = message.username ?? NAMELESS
  const item = element('li', { className: 'message' })
  const body = element('div', { className: 'message-body' })
  const head = element('p', { className: 'message-head' })
  const badge = element('span', { className: 'badge', text: 'APP' })
  const time = element('time', { text: timeFormat.format(message.at) })
  time.dateTime = new Date(message.at).toISOString()
  time.title = fullFormat.format(message.at)
  head.append(element('span', { className: 'sender', text: name }), badge, time)
  const text = element('div', { className: 'text' })
  text.append(renderMrkdwn(message.text, Date.now()))
  body.append(head, text)
  item.append(avatar(name, message.iconEmoji), body)
  return item
}

/** An icon that is a web address is never fetched: the sender's first letter stands for it. */
function avatar(name, iconEmoji) {
  const emoji = iconEmoji === null ? null : emojiOf(iconEmoji)
  const letter = [...name.trim()][0] ?? '?'
  const shown = element('span', { className: 'avatar', text: emoji ?? letter.toUpperCase() })
  shown.classList.add(emoji === null ? `tint-${tintOf(name)}` : 'avatar-emoji')
  shown.ariaHidden = 'true'
  return shown
}

function tintOf(name) {
  let sum = 0
  for (const char of name) sum = (sum * 31 + char.codePointAt(0)) % 65_521
  return sum % TINTS
}

export function dayDivider(at) {
  const isToday = new Date(at).toDateString() === new Date().toDateString()
  const item = element('li', { className: 'day' })
  item.append(element('span', { text: isToday ? 'Today' : dayFormat.format(at) }))
  return item
}

export function emptyNote() {
  return element('li', { className: 'empty', text: 'Quiet in here. Messages appear as they arrive.' })
}

export function channelItem({ name, onSelect }) {
  const button = element('button', { className: 'channel' })
  button.type = 'button'
  const hash = element('span', { className: 'hash', text: '#' })
  hash.ariaHidden = 'true'
  const unread = element('span', { className: 'unread' })
  button.append(hash, element('span', { className: 'channel-label', text: name }), unread)
  button.addEventListener('click', onSelect)
  const item = element('li')
  item.append(button)
  return { item, button, badge: unread }
}
