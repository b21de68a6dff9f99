/** The head of the page: who runs, whether all is well, and what a person should look at. */
import { setTime, timeElement } from './clock.js'
import { createList, element, hidden, setData, setText } from './dom.js'
import { sum } from './spark.js'
import { ago, count, duration, isBad, minuteTime, number, plain } from './words.js'

const byId = (id) => document.getElementById(id)

export function createHeader() {
  const ui = {
    prefix: byId('prefix'),
    verdict: byId('verdict'),
    lag: byId('figure-lag'),
    waiting: byId('figure-waiting'),
    posts: byId('figure-posts'),
    letters: byId('figure-letters'),
    notices: byId('notices'),
  }
  const processes = createList(byId('processes'), {
    keyOf: ({ process }) => process,
    create: createProcess,
    update: updateProcess,
  })
  const notices = createList(ui.notices, {
    keyOf: ({ text }) => text,
    create: ({ tone, text }) => {
      const item = element('li', { className: 'notice', text })
      setData(item, 'tone', tone)
      return item
    },
    update() {},
  })
  return (overview) => {
    setText(ui.prefix, overview.prefix)
    setText(ui.lag, number(sum(overview.stages.map(({ lag }) => lag))))
    setText(ui.waiting, number(overview.waiting))
    setText(ui.posts, number(sum(overview.actions.map(({ posts }) => sum(posts)))))
    setText(ui.letters, number(sum(overview.letters.map(({ count: letters }) => letters))))
    processes(overview.processes.toSorted((one, other) => rankOf(one) - rankOf(other)))
    const found = noticesOf(overview)
    ui.notices.hidden = found.length === 0
    notices(found)
    showVerdict(ui.verdict, overview)
  }
}

/** Those in trouble first: of many, only some are seen at once. */
const rankOf = ({ gone, ready }) => (gone ? 0 : ready ? 2 : 1)

function createProcess() {
  const item = element('li', { className: 'process' })
  const mark = element('span', { className: 'process-mark' })
  mark.ariaHidden = 'true'
  const parts = ['name', 'stages', 'state', 'version'].map((part) =>
    element('span', { className: `process-${part}` }),
  )
  item.append(mark, ...parts)
  parts[2].append(element('span'), timeElement())
  return item
}

function updateProcess(item, process) {
  const [, name, stages, state, version] = item.children
  setData(item, 'state', process.gone ? 'gone' : process.ready ? 'ready' : 'trouble')
  setText(name, `${process.host}:${process.pid}`)
  setText(stages, process.stages.join(' + '))
  const [word, time] = state.children
  setText(word, process.gone ? 'gone, last heard of ' : process.ready ? 'ready, up ' : 'not ready, up ')
  setTime(time, process.gone ? process.seenAt : process.startedAt, process.gone ? ago : duration)
  setText(version, `v${process.version}`)
  item.title = plain(`${process.process}, configuration ${process.configVersion}`)
}

function noticesOf({ processes, history }) {
  const notices = []
  const add = (tone, text) => notices.push({ tone, text })
  if (!history.done)
    add('neutral', `Reading what was recorded before: ${count(history.readRecords, 'record')} so far`)
  if (Number.isFinite(history.wholeSince)) {
    add(
      'neutral',
      `More happened in the last hour than is read: counts of actions are whole from ${minuteTime(history.wholeSince)} on`,
    )
  }
  for (const process of processes) {
    if (process.gone) continue
    for (const trouble of process.trouble) add('bad', `${process.host}:${process.pid}: ${trouble}`)
  }
  const versions = new Set(processes.filter(({ gone }) => !gone).map(({ configVersion }) => configVersion))
  if (versions.size > 1)
    add('waiting', `The processes run ${versions.size} different configurations: ${[...versions].join(', ')}`)
  return notices
}

function showVerdict(node, { processes, lanes, letters, stages }) {
  const troubled = lanes.filter(({ trouble }) => isBad(trouble)).length
  const stuck = stages.flatMap(({ partitions }) => partitions).filter(isStuck).length
  const gone = processes.filter((process) => process.gone).length
  const unready = processes.filter((process) => !process.gone && !process.ready).length
  const bad = [
    troubled > 0 ? `${count(troubled, 'lane')} in trouble` : null,
    stuck > 0 ? `${count(stuck, 'partition')} in trouble` : null,
    gone > 0 ? `${count(gone, 'process', 'processes')} gone` : null,
    unready > 0 ? `${count(unready, 'process', 'processes')} not ready` : null,
    gone === processes.length ? 'no process runs' : null,
  ].filter((text) => text !== null)
  setData(node, 'tone', bad.length > 0 ? 'bad' : 'good')
  setText(node, bad.length > 0 ? bad.join(', ') : 'All is well')
  const open = sum(letters.map(({ count: each }) => each))
  document.title = `${bad.length > 0 ? '▲ ' : ''}${plain(byId('prefix').textContent)} · bellhop${open > 0 ? ` (${open} dead)` : ''}`
}

export const isStuck = ({ trouble }) => trouble !== null

/** The button goes from what is seen to the other, and is remembered. */
export function startTheme() {
  const button = byId('theme')
  const system = matchMedia('(prefers-color-scheme: dark)')
  const isDark = () =>
    (document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark'
  const show = () => {
    button.replaceChildren(
      element('span', { className: 'theme-mark' }),
      hidden(isDark() ? 'Light theme' : 'Dark theme'),
    )
    button.title = isDark() ? 'Light theme' : 'Dark theme'
  }
  button.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark'
    document.documentElement.dataset.theme = theme
    try {
      localStorage.setItem('bellhop-theme', theme)
    } catch {
      // Then it holds until the page is left.
    }
    show()
  })
  system.addEventListener('change', show)
  show()
}
