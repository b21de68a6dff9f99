/** Elements, made of text only: what comes from outside is never markup, and never an attribute that does something. */
import { plain } from './words.js'

const SVG = 'http://www.w3.org/2000/svg'
const COPIED_MS = 1_500

/**
 * @param {string} tag
 * @param {{ className?: string, text?: string, title?: string } | null} [options]
 * @param {...Node} children
 */
export function element(tag, options, ...children) {
  const { className, text, title } = options ?? {}
  const created = document.createElement(tag)
  if (className !== undefined) created.className = className
  if (text !== undefined) created.textContent = plain(text)
  if (title !== undefined) created.title = plain(title)
  created.append(...children)
  return created
}

/** Text that others wrote: its reading direction ends where it ends. */
export function foreign(tag, options) {
  const created = element(tag, options)
  created.dir = 'auto'
  created.classList.add('foreign')
  return created
}

export function svg(tag, attributes) {
  const created = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value)
  return created
}

export const hidden = (text) => element('span', { className: 'visually-hidden', text })

/** Writes only what differs: a thousand rows are looked at, few are changed. */
export function setText(node, text) {
  const shown = plain(text)
  if (node.textContent !== shown) node.textContent = shown
}

export function setData(node, name, value) {
  if (node.dataset[name] !== value) node.dataset[name] = value
}

/**
 * Makes a parent's children those of the items, in their order: nodes are kept by key, changed where their item is
 * another object, and moved as little as it takes. What had the focus keeps it.
 */
export function createList(parent, { keyOf, create, update }) {
  let shown = new Map()
  return (items) => {
    const focused = parent.contains(document.activeElement) ? document.activeElement : null
    const now = new Map()
    for (const item of items) {
      const key = unusedKey(now, keyOf(item))
      const entry = shown.get(key) ?? { node: create(item), item: null }
      shown.delete(key)
      if (entry.item !== item) update(entry.node, item)
      entry.item = item
      now.set(key, entry)
    }
    for (const { node } of shown.values()) node.remove()
    shown = now
    place(parent, [...now.values()])
    if (focused?.isConnected && document.activeElement !== focused) {
      focused.focus({ preventScroll: true })
    }
  }
}

function unusedKey(used, key) {
  let unused = key
  for (let copy = 2; used.has(unused); copy++) unused = `${key} ${copy}`
  return unused
}

function place(parent, entries) {
  let cursor = parent.firstElementChild
  for (const { node } of entries) {
    if (node === cursor) {
      cursor = cursor.nextElementSibling
      continue
    }
    // One that was taken out before this one: the cursor's node comes later, so it is the one to move.
    if (cursor !== null && cursor.nextElementSibling === node) {
      const later = cursor
      cursor = node.nextElementSibling
      parent.append(later)
      continue
    }
    parent.insertBefore(node, cursor)
  }
}

/** A command with a button that copies it. */
export function commandLine(command) {
  const code = element('code', { className: 'command-text' }, ...wholeWords(plain(command)))
  const button = element('button', { className: 'copy', text: 'Copy' })
  button.type = 'button'
  button.setAttribute('aria-label', `Copy the command: ${plain(command)}`)
  button.addEventListener('click', async () => {
    // What is copied is what is shown: a control character in it cannot act in a shell.
    const isCopied = await copyText(code.textContent, button)
    button.textContent = isCopied ? 'Copied' : 'Press Ctrl+C'
    if (!isCopied) getSelection()?.selectAllChildren(code)
    setTimeout(() => {
      button.textContent = 'Copy'
    }, COPIED_MS)
  })
  return element('div', { className: 'command' }, code, button)
}

/** A line may break between words only: half an option reads as another one. */
function wholeWords(text) {
  return text
    .split(/( +)/)
    .map((part) => (part.trim() === '' ? part : element('span', { className: 'command-word', text: part })))
}

async function copyText(text, beside) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyOldWay(text, beside)
  }
}

/** Beyond loopback and without TLS a browser gives no clipboard, but still obeys this. */
function copyOldWay(text, beside) {
  const field = element('textarea', { className: 'visually-hidden' })
  field.value = text
  beside.after(field)
  field.select()
  let isCopied = false
  try {
    isCopied = document.execCommand('copy')
  } catch {
    // Then the person copies what is selected.
  }
  field.remove()
  beside.focus({ preventScroll: true })
  return isCopied
}
