/** What became of one message or event, beside the page: asked of the server, step by step in plain words. */
import { setTime, timeElement } from './clock.js'
import { commandLine, element, foreign, hidden, setData, setText } from './dom.js'
import { ago, clockTime, exactTime, spaced } from './words.js'

const STAGES = new Map([['slack', 'Slack']])
const TONES = new Map([
  ['good', 'well'],
  ['neutral', 'noted'],
  ['waiting', 'waiting'],
  ['bad', 'trouble'],
])
const HASH = '#explain='

export function createExplain() {
  const ui = {
    dialog: document.getElementById('explain'),
    title: document.getElementById('explain-title'),
    id: document.getElementById('explain-id'),
    body: document.getElementById('explain-body'),
  }
  // What scrolls can be scrolled by keys.
  ui.body.tabIndex = 0
  let asking = null
  const close = () => ui.dialog.close()
  ui.dialog.addEventListener('close', () => {
    asking?.abort()
    asking = null
    ui.body.replaceChildren()
    if (location.hash.startsWith(HASH)) history.replaceState(null, '', location.pathname)
  })
  // Beside the panel is outside of it.
  ui.dialog.addEventListener('click', (event) => {
    if (event.target === ui.dialog) close()
  })
  document.getElementById('explain-close').addEventListener('click', close)

  const open = (id) => {
    asking?.abort()
    asking = new AbortController()
    setText(ui.id, id)
    ui.body.replaceChildren(note('waiting', 'Looking through the topics …'))
    history.replaceState(null, '', `${HASH}${encodeURIComponent(id)}`)
    if (!ui.dialog.open) ui.dialog.showModal()
    ui.title.focus()
    void ask(id, asking.signal).then((parts) => {
      if (parts !== null) ui.body.replaceChildren(...parts)
    })
  }
  return {
    open,
    isOpen: () => ui.dialog.open,
    /** A link to the page may name what it is to explain. */
    openLinked() {
      const id = location.hash.startsWith(HASH) ? decoded(location.hash.slice(HASH.length)) : ''
      if (id !== '') open(id)
    },
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/** The parts of the panel; null where nobody waits for them any more. */
async function ask(id, signal) {
  try {
    const response = await fetch(`/api/explain?id=${encodeURIComponent(id)}`, { signal })
    const told = await response.json()
    return response.ok ? explanation(told) : [note('bad', told.error)]
  } catch (error) {
    if (signal.aborted) return null
    return [note('bad', `It could not be asked for: ${error.message}`)]
  }
}

function note(tone, text) {
  const made = element('p', { className: 'explain-note', text })
  setData(made, 'tone', tone)
  return made
}

function explanation({ found, summary, steps, records }) {
  const said = foreign('p', { className: 'explain-summary', text: summary })
  setData(said, 'found', String(found))
  const list = element('ol', { className: 'steps' }, ...steps.map(stepItem))
  const raw = element('details', { className: 'explain-records' })
  raw.append(element('summary', { text: 'The records that tell it' }))
  raw.append(foreign('pre', { text: JSON.stringify(records, null, 2) }))
  return [said, list, ...(Object.keys(records).length > 0 ? [raw] : [])]
}

function stepItem({ at, stage, tone, text, details, command }) {
  const item = element('li', { className: 'step' })
  setData(item, 'tone', tone)
  const head = element('p', { className: 'step-head' })
  head.append(element('span', { className: 'step-stage', text: STAGES.get(stage) ?? spaced(stage) }))
  head.append(hidden(`, ${TONES.get(tone) ?? tone}`))
  if (at !== null) {
    const exact = element('time', { className: 'step-clock', text: clockTime(at), title: exactTime(at) })
    const relative = timeElement('step-ago')
    setTime(relative, at, ago)
    head.append(exact, relative)
  }
  item.append(head, foreign('p', { className: 'step-text', text }))
  if (details.length > 0) {
    item.append(
      element('ul', { className: 'step-details' }, ...details.map((line) => foreign('li', { text: line }))),
    )
  }
  if (command !== null) item.append(commandLine(command))
  return item
}
