/**
 * The chat page: channels from the server's greeting, messages as they come. What is shown is the state of one
 * channel; the others only count. A feed that is another than before (the server was started anew) begins afresh.
 */
import { subscribe } from './feed.js'
import { channelItem, dayDivider, emptyNote, messageItem } from './view.js'

const KEPT_PER_CHANNEL = 200
const RATE_WINDOW_MS = 10_000
/** Closer to the end than this means that somebody follows the conversation. */
const FOLLOW_PX = 60

const byId = (id) => document.getElementById(id)
const ui = {
  app: byId('app'),
  sidebar: byId('sidebar'),
  scrim: byId('scrim'),
  menu: byId('menu'),
  menuDot: byId('menu-dot'),
  connection: byId('connection'),
  lostNote: byId('lost-note'),
  channels: byId('channels'),
  name: byId('channel-name'),
  topic: byId('channel-topic'),
  composer: byId('composer-channel'),
  scroll: byId('scroll'),
  messages: byId('messages'),
  newer: byId('newer'),
  events: byId('figure-events'),
  total: byId('figure-messages'),
  rate: byId('figure-rate'),
  limited: byId('figure-limited'),
  limitedBox: byId('figure-limited-box'),
  notice: byId('notice'),
}
const state = { channels: new Map(), active: null, published: 0, recent: [], newer: 0 }

const hashOf = (name) => `#${encodeURIComponent(name)}`

function addChannel({ name, topic }) {
  const shown = channelItem({ name, onSelect: () => select(name) })
  const channel = { name, topic, messages: [], unread: 0, ...shown }
  ui.channels.append(shown.item)
  state.channels.set(name, channel)
  return channel
}

function start({ channels, published, stats, isNew }) {
  if (isNew) {
    ui.channels.replaceChildren()
    state.channels.clear()
    state.recent = []
    for (const channel of channels) addChannel(channel)
  }
  state.published = published
  showStats(stats)
  const wanted = channels.find(({ name }) => hashOf(name) === location.hash)?.name
  const first = [wanted, state.active, channels[0]?.name].find((name) => state.channels.has(name))
  if (isNew && first !== undefined) select(first)
}

function select(name) {
  const channel = state.channels.get(name)
  if (channel === undefined) return
  state.active = name
  channel.unread = 0
  history.replaceState(null, '', hashOf(name))
  ui.name.textContent = name
  ui.topic.textContent = channel.topic
  ui.composer.textContent = `#${name}`
  for (const other of state.channels.values()) showChannel(other)
  channel.button.scrollIntoView({ block: 'nearest' })
  showMessages(channel)
  openSidebar(false)
}

function showChannel(channel) {
  const { button, badge, name } = channel
  if (name === state.active) button.setAttribute('aria-current', 'true')
  else button.removeAttribute('aria-current')
  badge.textContent = channel.unread === 0 ? '' : channel.unread > 99 ? '99+' : String(channel.unread)
  button.classList.toggle('has-unread', channel.unread > 0)
  const waiting = [...state.channels.values()].reduce((sum, other) => sum + other.unread, 0)
  ui.menuDot.hidden = waiting === 0
  document.title = waiting === 0 ? 'bellhop demo' : `(${waiting}) bellhop demo`
}

function showMessages({ messages }) {
  ui.messages.replaceChildren()
  if (messages.length === 0) ui.messages.append(emptyNote())
  for (const [index, message] of messages.entries()) appendMessage(message, messages[index - 1])
  toNewest()
}

function appendMessage(message, previous) {
  const day = (at) => new Date(at).toDateString()
  if (previous === undefined || day(previous.at) !== day(message.at))
    ui.messages.append(dayDivider(message.at))
  const item = messageItem(message)
  ui.messages.append(item)
  return item
}

function receive(message) {
  const channel = state.channels.get(message.channel) ?? addChannel({ name: message.channel, topic: '' })
  const previous = channel.messages.at(-1)
  channel.messages.push(message)
  if (channel.messages.length > KEPT_PER_CHANNEL) channel.messages.shift()
  state.published = Math.max(state.published, message.seq)
  state.recent.push(message.at)
  showRate()
  ui.total.textContent = state.published.toLocaleString()
  if (message.channel === state.active) showLive(message, previous)
  else channel.unread++
  showChannel(channel)
}

function showLive(message, previous) {
  const follows = isAtEnd()
  if (previous === undefined) ui.messages.replaceChildren()
  appendMessage(message, previous).classList.add('arriving')
  if (follows) {
    while (ui.messages.querySelectorAll('.message').length > KEPT_PER_CHANNEL) ui.messages.firstChild.remove()
    toNewest()
    return
  }
  state.newer++
  ui.newer.textContent = state.newer === 1 ? '1 new message' : `${state.newer} new messages`
  ui.newer.hidden = false
}

function isAtEnd() {
  return ui.scroll.scrollHeight - ui.scroll.scrollTop - ui.scroll.clientHeight < FOLLOW_PX
}

function toNewest() {
  ui.scroll.scrollTop = ui.scroll.scrollHeight
  state.newer = 0
  ui.newer.hidden = true
}

function showStats({ events, rateLimited, notice }) {
  ui.events.textContent = events.toLocaleString()
  ui.total.textContent = state.published.toLocaleString()
  ui.limited.textContent = rateLimited.toLocaleString()
  ui.limitedBox.classList.toggle('is-bad', rateLimited > 0)
  // A status that is written anew is read out anew.
  if (ui.notice.textContent !== (notice ?? '')) ui.notice.textContent = notice ?? ''
}

function showRate() {
  const sinceMs = Date.now() - RATE_WINDOW_MS
  state.recent = state.recent.filter((at) => at > sinceMs)
  ui.rate.textContent = (state.recent.length / (RATE_WINDOW_MS / 1000)).toFixed(1)
}

function openSidebar(open) {
  ui.app.classList.toggle('sidebar-open', open)
  ui.menu.setAttribute('aria-expanded', String(open))
}

/** Up and down switch channels, but scroll where the conversation itself has the focus; with Alt they always switch. */
function onKey(event) {
  if (event.key === 'Escape') return openSidebar(false)
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0 || event.ctrlKey || event.metaKey || event.shiftKey) return
  if (!event.altKey && document.activeElement === ui.scroll) return
  const names = [...state.channels.keys()]
  if (names.length === 0) return
  event.preventDefault()
  const next = names[(names.indexOf(state.active) + step + names.length) % names.length]
  select(next)
  if (ui.sidebar.contains(document.activeElement)) state.channels.get(next).button.focus()
}

const CONNECTION_WORDS = { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting' }

subscribe({
  onHello: start,
  onMessage: receive,
  onStats: showStats,
  onState(connection) {
    ui.connection.dataset.state = connection
    ui.connection.textContent = CONNECTION_WORDS[connection]
    ui.lostNote.hidden = connection !== 'lost'
  },
})
setInterval(showRate, 1_000)
document.addEventListener('keydown', onKey)
ui.menu.addEventListener('click', () => openSidebar(!ui.app.classList.contains('sidebar-open')))
ui.scrim.addEventListener('click', () => openSidebar(false))
ui.newer.addEventListener('click', toNewest)
ui.scroll.addEventListener('scroll', () => {
  if (isAtEnd() && state.newer > 0) toNewest()
})
