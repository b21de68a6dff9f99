/**
 * Slack's mrkdwn as a tree of plain values. Pure: no DOM, no clock. Text comes out unescaped (`&lt;` is `<`), so
 * whoever shows it must show it as text. Only http, https and mailto become links. The work grows with the length
 * of the text, whatever it holds.
 * https://docs.slack.dev/messaging/formatting-message-text
 */
import { emojiOf } from './emoji.js'
import { formatDate } from './mrkdwn-date.js'

const FENCE = '```'
const KIND_BY_MARKER = new Map([
  ['*', 'bold'],
  ['_', 'italic'],
  ['~', 'strike'],
])

/** @type {import('./mrkdwn.d.ts').parseMrkdwn} */
export function parseMrkdwn(text, context) {
  const nodes = []
  let at = 0
  while (at < text.length) {
    const open = text.indexOf(FENCE, at)
    const close = open === -1 ? -1 : text.indexOf(FENCE, open + FENCE.length + 1)
    if (close === -1) break
    // A block stands on lines of its own: the line feeds around it are part of it, not empty lines.
    append(nodes, parseLines(text.slice(at, open).replace(/\n$/, ''), context))
    const code = text.slice(open + FENCE.length, close).replace(/^\n|\n$/g, '')
    nodes.push({ kind: 'pre', text: decode(code) })
    at = close + FENCE.length
    if (text[at] === '\n') at++
  }
  append(nodes, parseLines(text.slice(at), context))
  return nodes
}

/** Runs of quoted lines become one quote. */
function parseLines(text, context) {
  if (text === '') return []
  const nodes = []
  let quoted = null
  let isFirst = true
  for (const line of text.split('\n')) {
    const mark = /^(?:>|&gt;) ?/.exec(line)
    if (mark === null) {
      if (!isFirst && quoted === null) nodes.push({ kind: 'break' })
      quoted = null
      append(nodes, parseInline(line, context))
    } else {
      const children = parseInline(line.slice(mark[0].length), context)
      if (quoted === null) {
        quoted = { kind: 'quote', children }
        nodes.push(quoted)
      } else append(quoted.children, [{ kind: 'break' }, ...children])
    }
    isFirst = false
  }
  return nodes
}

function parseInline(line, context) {
  return joinTexts(emphasise(tokenize(line, context)))
}

/** Nodes, and where they may begin or end something, the markers `*`, `_` and `~`. */
function tokenize(line, context) {
  const tokens = []
  const nextTick = finder(line, '`')
  const nextAngle = finder(line, '>')
  let at = 0
  while (at < line.length) {
    const found = atomAt(line, at, { nextTick, nextAngle, context })
    tokens.push(found.token)
    at = found.end
  }
  return tokens
}

function atomAt(line, at, { nextTick, nextAngle, context }) {
  const char = line[at]
  if (char === '`') {
    const end = nextTick(at + 1)
    if (end > at + 1) return { token: { kind: 'code', text: decode(line.slice(at + 1, end)) }, end: end + 1 }
  } else if (char === '<') {
    const end = nextAngle(at + 1)
    const token = end === -1 ? null : parseAngle(line.slice(at + 1, end), context)
    if (token !== null) return { token, end: end + 1 }
  } else if (char === ':') {
    const code = /:[a-z0-9_+'-]{1,64}:(?::skin-tone-[2-6]:)?/y
    code.lastIndex = at
    const name = code.exec(line)?.[0]
    const emoji = name === undefined ? null : emojiOf(name)
    if (emoji !== null) return { token: { kind: 'emoji', name, char: emoji }, end: at + name.length }
  } else if (KIND_BY_MARKER.has(char)) {
    const token = { marker: char, opens: canOpen(line, at), closes: canClose(line, at) }
    return { token, end: at + 1 }
  }
  const special = /[`<:*_~]/g
  special.lastIndex = at + 1
  const end = special.exec(line)?.index ?? line.length
  return { token: { kind: 'text', text: decode(line.slice(at, end)) }, end }
}

const isWord = (char) => char !== undefined && /[\p{L}\p{N}]/u.test(char)
const isSpace = (char) => char === undefined || /\s/.test(char)
const canOpen = (line, at) => !isWord(line[at - 1]) && !isSpace(line[at + 1])
const canClose = (line, at) => !isSpace(line[at - 1]) && !isWord(line[at + 1])

/** What stands between two markers of a kind becomes a node; a marker without its partner is text. */
function emphasise(tokens) {
  const nodes = []
  const unclosed = new Set()
  for (let at = 0; at < tokens.length; at++) {
    const { marker, opens } = tokens[at]
    if (marker === undefined) {
      nodes.push(tokens[at])
      continue
    }
    const end = opens && !unclosed.has(marker) ? closerAfter(tokens, at) : -1
    if (end === -1) {
      // With none to close this one there is none for any later one either.
      if (opens) unclosed.add(marker)
      nodes.push({ kind: 'text', text: marker })
    } else {
      const children = joinTexts(emphasise(tokens.slice(at + 1, end)))
      nodes.push({ kind: KIND_BY_MARKER.get(marker), children })
      at = end
    }
  }
  return nodes
}

function closerAfter(tokens, open) {
  const { marker } = tokens[open]
  for (let at = open + 2; at < tokens.length; at++) {
    if (tokens[at].marker === marker && tokens[at].closes) return at
  }
  return -1
}

/** The inside of `<...>`; null where Slack knows no such thing, and it is text. */
function parseAngle(inside, context) {
  if (inside === '' || inside.includes('<')) return null
  const bar = inside.indexOf('|')
  const target = bar === -1 ? inside : inside.slice(0, bar)
  const label = bar === -1 ? '' : decode(inside.slice(bar + 1))
  if (target[0] === '@') return mention('user', '@', { id: target.slice(1), label })
  if (target[0] === '#') return mention('channel', '#', { id: target.slice(1), label })
  if (target[0] === '!') return parseCommand(target.slice(1), label, context)
  const url = safeUrl(decode(target))
  return url === null ? null : { kind: 'link', url, label: label || decode(target).replace(/^mailto:/, '') }
}

function mention(of, sign, { id, label }) {
  if (!/^[A-Z0-9]+$/.test(id)) return null
  return { kind: 'mention', of, text: sign + (label || id).replace(/^[@#]/, '') }
}

function parseCommand(command, label, context) {
  if (/^(?:here|channel|everyone)$/.test(command))
    return { kind: 'mention', of: 'broadcast', text: `@${command}` }
  const [name, id, format, link] = command.split('^')
  if (name === 'subteam' && id !== undefined) return mention('group', '@', { id, label })
  const text = (name === 'date' ? formatDate(id, decode(format ?? ''), context) : null) ?? label
  if (text === '') return null
  const url = link === undefined ? null : safeUrl(decode(link))
  return url === null ? { kind: 'text', text } : { kind: 'link', url, label: text }
}

function safeUrl(text) {
  if (!/^(?:https?:\/\/|mailto:)/i.test(text) || !URL.canParse(text)) return null
  return new URL(text).href
}

const ENTITIES = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
])

function decode(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES.get(entity))
}

function joinTexts(nodes) {
  const joined = []
  for (const node of nodes) {
    const last = joined.at(-1)
    if (node.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = { ...last, text: last.text + node.text }
    else joined.push(node)
  }
  return joined
}

/** Unlike `push(...more)` it does not end where the engine's number of arguments does. */
function append(nodes, more) {
  for (const node of more) nodes.push(node)
}

/** `indexOf` for places that only grow: the text is read once, however often it is asked. */
function finder(text, char) {
  let found = -2
  return (from) => {
    if (found !== -1 && found < from) found = text.indexOf(char, from)
    return found
  }
}
