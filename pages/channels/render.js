/**
 * mrkdwn as elements. Everything that comes from a message is set as text; the only attribute that ever takes
 * data is a link's address, which the parser has checked.
 */
import { parseMrkdwn } from './mrkdwn.js'

const TAG_BY_KIND = new Map([
  ['bold', 'strong'],
  ['italic', 'em'],
  ['strike', 's'],
  ['quote', 'blockquote'],
])

export function renderMrkdwn(text, nowMs) {
  const fragment = document.createDocumentFragment()
  fragment.append(...parseMrkdwn(text, { nowMs }).map(toElement))
  return fragment
}

function toElement(node) {
  switch (node.kind) {
    case 'text':
      return document.createTextNode(node.text)
    case 'break':
      return document.createElement('br')
    case 'code':
    case 'pre':
      return element(node.kind, { text: node.text })
    case 'emoji':
      return labelled(element('span', { className: 'emoji', text: node.char }), node.name)
    case 'mention':
      return element('span', { className: `mention mention-${node.of}`, text: node.text })
    case 'link':
      return link(node)
    default: {
      const parent = element(TAG_BY_KIND.get(node.kind))
      parent.append(...node.children.map(toElement))
      return parent
    }
  }
}

function link({ url, label }) {
  const anchor = element('a', { text: label })
  anchor.href = url
  anchor.target = '_blank'
  anchor.rel = 'noopener noreferrer nofollow'
  return anchor
}

function labelled(shown, name) {
  shown.title = name
  return shown
}

/** @param {{ className?: string, text?: string }} [options] */
export function element(tag, { className, text } = {}) {
  const created = document.createElement(tag)
  if (className !== undefined) created.className = className
  if (text !== undefined) created.textContent = text
  return created
}
