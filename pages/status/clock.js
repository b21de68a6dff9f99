/**
 * Times that go on by themselves: `3 s ago`, `in 4 s`. They follow the server's clock, since the visitor's may be
 * wrong. One timer for all of them, and none while the page is not seen.
 */
import { element } from './dom.js'
import { exactTime, isTime } from './words.js'

const TICK_MS = 1_000
const told = new WeakMap()
const ticking = document.getElementsByClassName('ticks')
let aheadMs = 0

export function setServerTime(at) {
  aheadMs = Date.now() - at
}

export const serverNow = () => Date.now() - aheadMs

export function timeElement(className = '') {
  return element('time', { className: `ticks ${className}` })
}

/** `words` makes text of the milliseconds since then, which are negative before it; no time at all is a dash. */
export function setTime(node, at, words) {
  const before = told.get(node)
  if (before?.at === at && before.words === words) return
  told.set(node, { at, words })
  if (at === null) {
    node.removeAttribute('datetime')
    node.removeAttribute('title')
  } else {
    node.title = exactTime(at)
    if (isTime(at)) node.dateTime = new Date(at).toISOString()
  }
  show(node)
}

function show(node) {
  const { at, words } = told.get(node) ?? { at: null }
  const text = at === null ? '–' : words(serverNow() - at)
  if (node.textContent !== text) node.textContent = text
}

export function startTicking() {
  setInterval(() => {
    if (!document.hidden) for (const node of ticking) show(node)
  }, TICK_MS)
}
