/** What stands below: actions with their charts, dead letters, silences and pauses. */
import { setTime, timeElement } from './clock.js'
import { commandLine, createList, element, foreign, setData, setText, svg } from './dom.js'
import { SPARK, sparkPaths, sparkWords, sum } from './spark.js'
import { ago, count, left, number, plain, spaced } from './words.js'

/** Shown at first; those that had something come before those that are quiet. */
const FIRST = 24

const byId = (id) => document.getElementById(id)

/** A chart with one line, or two of one scale. */
export function chart(...kinds) {
  const node = svg('svg', {
    class: 'spark',
    viewBox: `0 0 ${SPARK.width} ${SPARK.height}`,
    preserveAspectRatio: 'none',
    role: 'img',
  })
  const lines = kinds.map((kind) => {
    const [area, line] = [
      svg('path', { class: `spark-area of-${kind}` }),
      svg('path', { class: `spark-line of-${kind}` }),
    ]
    node.append(area, line)
    return { area, line }
  })
  return { node, lines }
}

/** @param {{ values: number[], others?: number[], label: string }} shown */
export function showChart({ node, lines }, { values, others, label }) {
  node.setAttribute('aria-label', plain(label))
  const series = others === undefined ? [values] : [values, others]
  const most = Math.max(1, ...series.flat())
  for (const [index, each] of series.entries()) {
    const { area, line } = sparkPaths(each, most)
    lines[index].area.setAttribute('d', area)
    lines[index].line.setAttribute('d', line)
  }
}

export function createActions(now) {
  const charts = new WeakMap()
  const all = byId('actions-all')
  const list = createList(byId('actions'), {
    keyOf: ({ action }) => action,
    create() {
      const item = element('li', { className: 'action' })
      const drawn = chart('matches', 'posts')
      charts.set(item, drawn)
      const head = element('div', { className: 'action-head' })
      head.append(
        foreign('strong', { className: 'action-name' }),
        element('span', { className: 'action-off', text: 'off' }),
      )
      item.append(head, drawn.node, element('span', { className: 'action-sums' }))
      return item
    },
    update(item, action) {
      const [head, , sums] = item.children
      setText(head.firstElementChild, action.action)
      head.firstElementChild.title = plain(action.action)
      head.lastElementChild.hidden = action.enabled !== false
      setText(sums, `${number(sum(action.matches))} → ${number(sum(action.posts))}`)
      sums.title = sparkWords(action, now())
      const label = `${action.action}, ${sparkWords(action, now())}`
      showChart(charts.get(item), { values: action.matches, others: action.posts, label })
      setData(item, 'quiet', String(isQuiet(action)))
    },
  })
  let showsAll = false
  let latest = []
  const show = () => {
    const sorted = [...latest.filter((action) => !isQuiet(action)), ...latest.filter(isQuiet)]
    list(showsAll ? sorted : sorted.slice(0, FIRST))
    all.hidden = latest.length <= FIRST
    setText(all, showsAll ? `Show the first ${FIRST}` : `Show all ${number(latest.length)}`)
    byId('actions-empty').hidden = latest.length > 0
  }
  all.addEventListener('click', () => {
    showsAll = !showsAll
    show()
  })
  return (actions) => {
    latest = actions
    show()
  }
}

const isQuiet = ({ matches, posts }) => sum(matches) === 0 && sum(posts) === 0

export function createLetters() {
  const list = createList(byId('letters'), {
    keyOf: ({ cause, destination, command }) => JSON.stringify([cause, destination, command]),
    create({ command }) {
      const item = element('li', { className: 'letter' })
      const head = element('p', { className: 'letter-head' })
      head.append(
        element('strong', { className: 'letter-count' }),
        element('span', { className: 'letter-cause' }),
        foreign('span', { className: 'letter-destination' }),
        element('span', { className: 'letter-times' }),
      )
      head.lastElementChild.append(timeElement(), element('span'), timeElement())
      item.append(head, commandLine(command))
      return item
    },
    update(item, letter) {
      const [amount, cause, destination, times] = item.firstElementChild.children
      const [newest, between, oldest] = times.children
      setText(amount, number(letter.count))
      setText(cause, spaced(letter.cause))
      setText(destination, letter.destination ?? 'events')
      setTime(newest, letter.newestAt, ago)
      const isOne = letter.oldestAt === letter.newestAt
      oldest.hidden = isOne
      setText(between, isOne ? '' : ', oldest ')
      setTime(oldest, letter.oldestAt, ago)
    },
  })
  return (letters) => {
    list(letters)
    const total = sum(letters.map((letter) => letter.count))
    setText(byId('letters-note'), total === 0 ? '' : `${count(total, 'letter')}, not replayed`)
    byId('letters-empty').hidden = letters.length > 0
  }
}

export function createControls() {
  const list = createList(byId('controls'), {
    keyOf: ({ kind, destination }) => `${kind}/${destination}`,
    create() {
      const item = element('li', { className: 'control' })
      const head = element('p', { className: 'control-head' })
      head.append(
        element('span', { className: 'badge' }),
        foreign('strong', { className: 'control-destination' }),
        timeElement('control-until'),
      )
      const why = element('p', { className: 'control-why' })
      why.append(foreign('span'), foreign('span', { className: 'control-by' }), timeElement('control-since'))
      item.append(head, why)
      return item
    },
    update(item, { kind, destination, why, by, since, until }) {
      const [head, reason] = item.children
      const [badge, name, end] = head.children
      const [text, person, begin] = reason.children
      setData(item, 'kind', kind)
      setText(badge, kind === 'silence' ? 'silenced' : kind === 'pause' ? 'paused' : spaced(kind))
      setText(name, destination)
      setTime(end, until ?? since, until === null ? untilEnded : left)
      setText(text, why ?? 'no reason given')
      setText(person, by ?? '')
      setTime(begin, since, ago)
    },
  })
  return (controls) => {
    list(controls)
    byId('controls-empty').hidden = controls.length > 0
  }
}

const untilEnded = () => 'until ended'
