/** The flow from left to right: events, match, dispatch, Slack; with the lag of each partition. */
import { createList, element, setData, setText } from './dom.js'
import { chart, showChart } from './panels.js'
import { sum } from './spark.js'
import { count, isBad, number, plain } from './words.js'

/** The height of a bar that is full, at the least: a lag of 10 fills none. */
const FULL_LAG = 1_000

export function createFlow() {
  const flow = document.getElementById('flow')
  const stations = {
    events: station('Events', 'waiting to be matched'),
    match: station('Match', 'matching events, last hour'),
    dispatch: station('Dispatch', 'still to be posted'),
    slack: station('Slack', 'messages posted, last hour'),
  }
  flow.append(...Object.values(stations).map(({ node }) => node))
  const charts = { match: chart('matches'), slack: chart('posts') }
  stations.match.content.append(charts.match.node)
  stations.slack.content.append(charts.slack.node)
  const topics = { events: topicList(stations.events), dispatch: topicList(stations.dispatch) }
  return (overview) => {
    const { stages, actions, lanes } = overview
    const [match, dispatch] = [stages.filter(isMatch), stages.filter((stage) => !isMatch(stage))]
    const matches = byMinute(actions.map((action) => action.matches))
    const posts = byMinute(actions.map((action) => action.posts))
    topics.events(match)
    topics.dispatch(dispatch)
    tell(stations.events, sum(match.map(({ lag }) => lag)), '')
    tell(stations.match, sum(matches), `${count(actions.length, 'action')}`)
    tell(stations.dispatch, sum(dispatch.map(({ lag }) => lag)), `${number(overview.waiting)} in lanes`)
    const troubled = lanes.filter(({ trouble }) => isBad(trouble)).length
    const inTrouble = troubled > 0 ? `, ${number(troubled)} in trouble` : ''
    tell(stations.slack, sum(posts), `${count(overview.lanesTotal, 'lane')}${inTrouble}`)
    setData(stations.slack.node, 'tone', troubled > 0 ? 'bad' : 'good')
    showChart(charts.match, {
      values: matches,
      label: `Matching events by the minute: ${sum(matches)} in an hour`,
    })
    showChart(charts.slack, {
      values: posts,
      label: `Messages posted by the minute: ${sum(posts)} in an hour`,
    })
  }
}

const isMatch = ({ stage }) => stage !== 'dispatch'

function station(name, meaning) {
  const node = element('li', { className: 'station' })
  const figure = element('strong', { className: 'station-figure', text: '–' })
  const more = element('span', { className: 'station-more' })
  const head = element('h3', { className: 'station-name', text: name })
  const line = element('p', { className: 'station-line' })
  line.append(figure, element('span', { className: 'station-meaning', text: meaning }))
  const top = element('div', { className: 'station-top' })
  top.append(head, more)
  const content = element('div', { className: 'station-content' })
  node.append(top, line, content)
  return { node, figure, more, content }
}

function tell({ figure, more }, amount, text) {
  setText(figure, number(amount))
  setText(more, text)
}

function byMinute(rows) {
  const longest = Math.max(0, ...rows.map((row) => row.length))
  const sums = Array(longest).fill(0)
  for (const row of rows) for (const [minute, value] of row.entries()) sums[minute] += value
  return sums
}

function topicList({ content }) {
  const list = element('ul', { className: 'topics' })
  content.append(list)
  return createList(list, {
    keyOf: ({ stage, topic }) => `${stage} ${topic}`,
    create: createTopic,
    update: updateTopic,
  })
}

function createTopic() {
  const item = element('li', { className: 'topic' })
  const bars = element('div', { className: 'bars' })
  bars.role = 'img'
  const details = element('details', { className: 'partitions' })
  const summary = element('summary')
  summary.append(element('span', { className: 'topic-name' }), element('span', { className: 'topic-count' }))
  const table = element('table')
  table.append(element('thead'), element('tbody'))
  table.tHead.append(row('th', ['#', 'lag', 'position', 'held by']))
  details.append(summary, table)
  item.append(bars, details)
  return item
}

function row(tag, texts) {
  const made = element('tr')
  made.append(...texts.map((text) => element(tag, { text })))
  return made
}

function updateTopic(item, { topic, lag, partitions }) {
  const [bars, details] = item.children
  const most = Math.max(FULL_LAG, ...partitions.map((partition) => partition.lag ?? 0))
  const stuck = partitions.filter((partition) => toneOf(partition) !== 'good')
  const [name, counted] = details.firstElementChild.children
  setText(name, topic)
  setText(
    counted,
    `${count(partitions.length, 'partition')}${stuck.length > 0 ? `, ${stuck.length} in trouble` : ''}`,
  )
  setData(details, 'tone', stuck.length > 0 ? 'bad' : 'good')
  bars.ariaLabel = plain(
    `${topic}: ${number(lag)} behind in ${count(partitions.length, 'partition')}. ${stuck.map(partitionWords).join('. ')}`,
  )
  while (bars.childElementCount > partitions.length) bars.lastElementChild.remove()
  while (bars.childElementCount < partitions.length)
    bars.append(element('span', { className: 'bar' }, element('span')))
  for (const [index, partition] of partitions.entries()) {
    const bar = bars.children[index]
    setData(bar, 'tone', toneOf(partition))
    bar.title = plain(partitionWords(partition))
    bar.firstElementChild.style.blockSize = `${barHeight(partition.lag, most)}%`
  }
  fillTable(details.lastElementChild.tBodies[0], partitions)
}

function fillTable(body, partitions) {
  while (body.rows.length > partitions.length) body.lastElementChild.remove()
  while (body.rows.length < partitions.length) body.append(row('td', ['', '', '', '']))
  for (const [index, { partition, lag, position, process, trouble }] of partitions.entries()) {
    const cells = body.rows[index].cells
    setText(cells[0], String(partition))
    setText(cells[1], lag === null ? '?' : number(lag))
    setText(cells[2], position === null ? 'being prepared' : String(position))
    setText(cells[3], `${process ?? 'nobody'}${trouble === null ? '' : `: ${trouble}`}`)
    setData(body.rows[index], 'tone', toneOf(partitions[index]))
  }
}

function toneOf({ process, trouble, position }) {
  if (process === null || trouble !== null) return 'bad'
  return position === null ? 'waiting' : 'good'
}

function partitionWords({ partition, lag, process, trouble, position }) {
  const behind = lag === null ? 'lag not known' : `${number(lag)} behind`
  const held = process === null ? 'held by nobody' : `held by ${process}`
  const state = trouble ?? (position === null ? 'being prepared' : null)
  return `partition ${partition}: ${behind}, ${held}${state === null ? '' : `, ${state}`}`
}

/** By the logarithm, in percent: a lag of one shows, and one of a million does not hide one of a thousand. */
function barHeight(lag, most) {
  return lag === null || lag === 0 ? 5 : Math.round(12 + (88 * Math.log1p(lag)) / Math.log1p(most))
}
