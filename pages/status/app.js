/** The status page: what the stream tells goes to the parts of the page that it changes. */
import { serverNow, setServerTime, setTime, startTicking, timeElement } from './clock.js'
import { setData, setText } from './dom.js'
import { createExplain } from './explain.js'
import { createFlow } from './flow.js'
import { createHeader, startTheme } from './header.js'
import { createLanes } from './lanes.js'
import { createAnnouncer, createMessages } from './messages.js'
import { createActions, createControls, createLetters } from './panels.js'
import { subscribe } from './stream.js'
import { ago, clockTime } from './words.js'

const connection = document.getElementById('connection')
const lost = document.getElementById('lost')
const explain = createExplain()
const messages = createMessages({ onOpen: explain.open })
const view = { shown: null, latest: null, isScheduled: false, lostAt: null }

const parts = [
  part(createHeader(), [
    'processes',
    'stages',
    'lanes',
    'actions',
    'letters',
    'history',
    'waiting',
    'prefix',
  ]),
  part(createFlow(), ['stages', 'actions', 'lanes', 'waiting', 'lanesTotal']),
  part(createLanes(), ['lanes', 'lanesTotal', 'waiting']),
  part((overview) => messages.show(overview.messages), ['messages']),
  part(only('messages', createAnnouncer()), ['messages']),
  part(
    only(
      'actions',
      createActions(() => view.latest.at),
    ),
    ['actions'],
  ),
  part(only('letters', createLetters()), ['letters']),
  part(only('controls', createControls()), ['controls']),
]

function part(show, fields) {
  return { show, fields }
}

function only(field, show) {
  return (overview) => show(overview[field])
}

/** What has not changed is the same object, so that only parts with something new are shown anew. */
function render() {
  view.isScheduled = false
  const { shown, latest } = view
  view.shown = latest
  for (const { show, fields } of parts) {
    if (shown === null || fields.some((field) => shown[field] !== latest[field])) show(latest)
  }
  document.body.dataset.filled = 'true'
}

function showConnection(state) {
  if (state === 'lost') view.lostAt ??= serverNow()
  else view.lostAt = null
  setData(connection, 'state', state)
  setText(connection, state === 'live' ? 'Live' : 'Reconnecting')
  lost.hidden = state !== 'lost'
  setData(document.body, 'connection', state)
  if (state !== 'lost' || lost.childElementCount > 0) {
    if (state !== 'lost') lost.replaceChildren()
    return
  }
  const time = timeElement()
  setTime(time, view.lostAt, (ms) => `${clockTime(view.lostAt ?? serverNow())} (${ago(ms)})`)
  lost.append('Disconnected since ', time, '. What is shown is from before. Trying again.')
}

function onKey(event) {
  const { key, target } = event
  if (event.ctrlKey || event.metaKey || event.altKey || explain.isOpen()) return
  // In a select, letters choose; none of its options begins with a slash.
  const isTyping = target.matches('input, textarea') || (target.matches('select') && key !== '/')
  if (isTyping && key === 'Escape') return target.blur()
  if (isTyping && !(target.id === 'search' && key === 'ArrowDown')) return
  const isInList = target.closest('#messages') !== null || target.id === 'search'
  const run = KEYS.get(key)
  if (run === undefined || (key.startsWith('Arrow') && !isInList)) return
  event.preventDefault()
  run()
}

const KEYS = new Map([
  ['/', messages.search],
  ['j', () => messages.step(1)],
  ['k', () => messages.step(-1)],
  ['ArrowDown', () => messages.step(1)],
  ['ArrowUp', () => messages.step(-1)],
  ['p', messages.pause],
])

startTheme()
startTicking()
document.addEventListener('keydown', onKey)
subscribe({
  onState: showConnection,
  onOverview(overview) {
    view.latest = overview
    setServerTime(overview.at)
    if (view.isScheduled) return
    view.isScheduled = true
    requestAnimationFrame(render)
  },
})
explain.openLinked()
