/** The newest messages as a stream: searched, filtered, held still, and gone through by keys. */
import { setTime, timeElement } from './clock.js'
import { createList, element, foreign, setData, setText } from './dom.js'
import { filterMessages } from './message-filter.js'
import { ago, count, number, OUTCOME_KINDS, outcomeWord, plain, slackText, spaced, until } from './words.js'

const byId = (id) => document.getElementById(id)

/** @param {{ onOpen(id: string): void }} options */
export function createMessages({ onOpen }) {
  const ui = {
    list: byId('messages'),
    note: byId('messages-note'),
    empty: byId('messages-empty'),
    pause: byId('pause'),
    form: byId('filters'),
    search: byId('search'),
    typed: byId('explain-typed'),
    outcome: byId('filter-outcome'),
    destination: byId('filter-destination'),
    action: byId('filter-action'),
  }
  const view = { latest: [], shown: [], isPaused: false, missed: 0 }
  const list = createList(ui.list, { keyOf: ({ id }) => id, create: createMessage, update: updateMessage })
  const show = () => render(ui, view, list)
  setOptions(ui.outcome, ['Outcome', ...OUTCOME_KINDS.map((kind) => [kind ?? 'held', outcomeWord(kind)])])
  setOptions(ui.destination, ['Destination'])
  setOptions(ui.action, ['Action'])
  ui.form.addEventListener('input', show)
  ui.form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (!ui.typed.hidden) onOpen(ui.search.value.trim())
    else focusMessage(ui.list, 0)
  })
  ui.list.addEventListener('click', (event) => {
    const id = event.target.closest('button')?.dataset.id
    if (id !== undefined) onOpen(id)
  })
  const pause = () => {
    view.isPaused = !view.isPaused
    ui.pause.setAttribute('aria-pressed', String(view.isPaused))
    if (!view.isPaused) update(ui, view, show)
  }
  ui.pause.addEventListener('click', pause)
  return {
    show(messages) {
      const isFirst = view.latest.length === 0
      view.missed = countNew(messages, view.shown)
      view.latest = messages
      if (view.isPaused && !isFirst)
        setText(ui.pause, view.missed === 0 ? 'Go on' : `Go on, ${view.missed} new`)
      else update(ui, view, show)
    },
    pause,
    search: () => ui.search.focus(),
    /** Focus goes so many messages on. */
    step: (by) => step(ui.list, by),
  }
}

function update(ui, view, show) {
  view.shown = view.latest
  setText(ui.pause, 'Pause')
  setOptions(ui.destination, ['Destination', ...namesOf(view.shown, 'destination')])
  setOptions(ui.action, ['Action', ...namesOf(view.shown, 'action')])
  show()
}

function render(ui, view, list) {
  const typed = ui.search.value.trim()
  const filter = {
    text: typed,
    outcome: ui.outcome.value,
    destination: ui.destination.value,
    action: ui.action.value,
  }
  const found = filterMessages(view.shown, filter)
  list(found)
  const isFiltered = found.length !== view.shown.length
  setText(
    ui.note,
    isFiltered
      ? `${number(found.length)} of the newest ${view.shown.length}`
      : `the newest ${view.shown.length}`,
  )
  ui.empty.hidden = found.length > 0
  setText(
    ui.empty,
    view.shown.length === 0
      ? 'Quiet in here. Messages appear as they arrive.'
      : 'None of the newest messages fits.',
  )
  const isId = /^\S{3,}$/.test(typed) && (found.length === 0 || typed.split(':').length >= 3)
  ui.typed.hidden = !isId
  if (isId) setText(ui.typed, `Explain ${typed}`)
  const focusable = ui.list.querySelector('[tabindex="0"]')
  if (focusable === null) ui.list.firstElementChild?.firstElementChild.setAttribute('tabindex', '0')
}

function countNew(messages, shown) {
  const known = new Set(shown.map(({ id }) => id))
  return messages.filter(({ id }) => !known.has(id)).length
}

const namesOf = (messages, field) => [...new Set(messages.map((message) => message[field]))].sort()

/** The first stands for all. What was chosen stays, also when no message of it is left. */
function setOptions(select, [all, ...options]) {
  const chosen = select.value
  const wanted = [
    ['', all],
    ...options.map((option) => (typeof option === 'string' ? [option, option] : option)),
  ]
  if (chosen !== '' && !wanted.some(([value]) => value === chosen)) wanted.push([chosen, chosen])
  const key = JSON.stringify(wanted)
  if (select.shownOptions === key) return
  select.shownOptions = key
  select.replaceChildren(
    ...wanted.map(([value, text]) => Object.assign(element('option', { text }), { value })),
  )
  select.value = chosen
}

function createMessage() {
  const item = element('li')
  const button = element('button', { className: 'message' })
  button.type = 'button'
  button.tabIndex = -1
  const way = element('span', { className: 'message-way' })
  way.append(
    foreign('span', { className: 'message-action' }),
    element('span', { className: 'message-arrow', text: '→' }),
    foreign('span', { className: 'message-destination' }),
    foreign('span', { className: 'message-more' }),
    timeElement('message-held'),
  )
  button.append(
    element('span', { className: 'badge' }),
    foreign('span', { className: 'message-text' }),
    timeElement('message-time'),
    way,
  )
  item.append(button)
  return item
}

function updateMessage(item, message) {
  const button = item.firstElementChild
  const [badge, text, time, way] = button.children
  const [action, , destination, more, held] = way.children
  button.dataset.id = message.id
  setData(button, 'outcome', message.outcome ?? 'held')
  setText(badge, outcomeWord(message.outcome))
  setText(text, message.text === null ? message.id : slackText(message.text))
  text.classList.toggle('is-unknown', message.text === null)
  button.title = plain(message.id)
  setTime(time, message.recordedAt, ago)
  setText(action, message.action)
  setText(destination, message.destination)
  setText(more, moreOf(message))
  held.hidden = message.outcome !== null || message.heldUntil === null
  setTime(held, message.heldUntil, until)
}

function moreOf({ cause, detail, status, attempts, postMessages, breaker }) {
  return [
    cause === null ? null : spaced(cause),
    status === null || (status >= 200 && status < 300) ? null : `HTTP ${status}`,
    detail,
    attempts > 1 ? count(attempts, 'attempt') : null,
    postMessages !== null && postMessages > 1 ? `${postMessages} in one post` : null,
    breaker === 'open' ? 'breaker open' : null,
  ]
    .filter((text) => text !== null && text !== '')
    .join(' · ')
}

function step(list, by) {
  const focused = list.contains(document.activeElement) ? document.activeElement.closest('li') : null
  const items = [...list.children]
  focusMessage(list, focused === null ? 0 : items.indexOf(focused) + by)
}

function focusMessage(list, wanted) {
  const target = list.children[Math.max(0, Math.min(list.children.length - 1, wanted))]?.firstElementChild
  if (target === undefined) return
  for (const other of list.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1
  target.tabIndex = 0
  target.focus()
  target.scrollIntoView({ block: 'nearest' })
}

/** What is told to those who do not see the stream, seldom and shortly. */
export function createAnnouncer(everyMs = 10_000) {
  const node = byId('announcer')
  let known = null
  let lastAt = 0
  return (messages) => {
    const now = Date.now()
    if (known !== null && now - lastAt < everyMs) return
    const fresh = known === null ? [] : messages.filter(({ id }) => !known.has(id))
    known = new Set(messages.map(({ id }) => id))
    lastAt = now
    if (fresh.length === 0) return
    const dead = fresh.filter(({ outcome }) => outcome === 'dead_lettered').length
    setText(
      node,
      `${count(fresh.length, 'new message')}${dead === 0 ? '' : `, ${count(dead, 'dead letter')} among them`}`,
    )
  }
}
