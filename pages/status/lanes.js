/** Lanes, those most in trouble first. */
import { setTime, timeElement } from './clock.js'
import { createList, element, setData, setText } from './dom.js'
import {
  age,
  ago,
  count,
  exactTime,
  number,
  outcomeOfAttempt,
  pace,
  plain,
  spaced,
  troubleWord,
  until,
} from './words.js'

/** Shown at first: what is in trouble stands at the top. */
const FIRST = 100
/** More than are seen at once. */
const LONG = 20

export function createLanes() {
  // What scrolls can be scrolled by keys.
  document.getElementById('lanes-scroll').tabIndex = 0
  const ui = {
    body: document.getElementById('lanes'),
    note: document.getElementById('lanes-note'),
    all: document.getElementById('lanes-all'),
    empty: document.getElementById('lanes-empty'),
  }
  const list = createList(ui.body, {
    keyOf: ({ process, lane }) => `${process} ${lane}`,
    create: createLane,
    update: updateLane,
  })
  let showsAll = false
  let latest = null
  const show = () => {
    const { lanes, lanesTotal, waiting } = latest
    const shown = showsAll ? lanes : lanes.slice(0, FIRST)
    ui.body.classList.toggle('is-long', shown.length > LONG)
    list(shown)
    const untold = lanesTotal > lanes.length ? ` (${number(lanesTotal - lanes.length)} more are idle)` : ''
    setText(ui.note, `${count(lanes.length, 'lane')}${untold}, ${count(waiting, 'message')} waiting`)
    ui.all.hidden = lanes.length <= FIRST
    setText(ui.all, showsAll ? `Show the first ${FIRST}` : `Show all ${number(lanes.length)}`)
    ui.empty.hidden = lanes.length > 0
  }
  ui.all.addEventListener('click', () => {
    showsAll = !showsAll
    show()
  })
  return (overview) => {
    latest = overview
    show()
  }
}

function createLane() {
  const row = element('tr', { className: 'lane' })
  // Rows that are laid out as a grid are rows all the same.
  row.role = 'row'
  const [state, destination, waiting, oldest, speed, next, answer, breaker] = [
    'state',
    'destination',
    'waiting is-number',
    'oldest is-number',
    'pace is-number',
    'next is-number',
    'answer',
    'breaker',
  ].map((name) => {
    const cell = element('td', { className: `lane-${name}` })
    cell.role = 'cell'
    return cell
  })
  state.append(element('span', { className: 'badge' }))
  destination.append(
    element('strong', { className: 'lane-name foreign' }),
    element('span', { className: 'lane-via' }),
  )
  oldest.append(timeElement())
  next.append(timeElement())
  const said = element('span', { className: 'answer-line' })
  said.append(timeElement(), ' ', element('span', { className: 'answer-detail foreign' }))
  answer.append(element('span', { className: 'answer-word' }), said)
  row.append(state, destination, waiting, oldest, speed, next, answer, breaker)
  return row
}

function updateLane(row, lane) {
  const [state, destination, waiting, oldest, speed, next, answer, breaker] = row.children
  setData(row, 'trouble', lane.trouble)
  setText(state.firstElementChild, troubleWord(lane.trouble))
  const names = lane.destinations.length > 0 ? lane.destinations.join(', ') : lane.lane
  setText(destination.firstElementChild, names)
  setText(destination.lastElementChild, hostOf(lane.lane))
  destination.title = plain(`${names}\nlane ${lane.lane}\nheld by ${lane.process}`)
  setText(waiting, number(lane.waiting))
  setTime(oldest.firstElementChild, lane.oldest_at, age)
  setText(speed, pace(lane.interval_ms))
  setTime(next.firstElementChild, lane.next_post_at, until)
  setAnswer(answer, lane)
  setText(breaker, spaced(lane.breaker))
  setData(breaker, 'breaker', lane.breaker)
}

function setAnswer(cell, { last_answer: last, failing_since: failingSince }) {
  const [word, line] = cell.children
  const [time, detail] = line.children
  setData(cell, 'outcome', last?.outcome ?? 'none')
  setText(word, last === null ? 'none yet' : `${last.status ?? ''} ${outcomeOfAttempt(last.outcome)}`.trim())
  time.hidden = last === null
  setTime(time, last?.at ?? null, ago)
  const joint = last !== null && last.messages > 1 ? `${last.messages} messages in one post` : null
  const said = last?.detail ?? joint ?? ''
  setText(detail, said)
  const since = failingSince === null ? '' : `failing since ${exactTime(failingSince)}`
  cell.title = [plain(said), since].filter(Boolean).join('\n')
}

/** What can be told of where it goes: the rest of a lane's key is a fingerprint. */
function hostOf(lane) {
  return /^https?:\/\/([^/]+)/.exec(lane)?.[1] ?? lane.split('/', 1)[0]
}
