/** Which messages are shown. Pure. */
import { slackText } from './words.js'

/** @typedef {{ text: string, outcome: string, destination: string, action: string }} Filter an empty text lets all pass */

const searched = new WeakMap()

/** Every word of the search has to be somewhere in the message; `held` is the outcome of one that waits. */
export function filterMessages(messages, { text, outcome, destination, action }) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return messages.filter(
    (message) =>
      (outcome === '' || (message.outcome ?? 'held') === outcome) &&
      (destination === '' || message.destination === destination) &&
      (action === '' || message.action === action) &&
      words.every((word) => textOf(message).includes(word)),
  )
}

function textOf(message) {
  const known = searched.get(message)
  if (known !== undefined) return known
  const { id, text, userId, detail, cause, action, destination } = message
  const all = [id, slackText(text ?? ''), userId, detail, cause, action, destination]
    .filter(Boolean)
    .join('\n')
    .toLowerCase()
  searched.set(message, all)
  return all
}
