/**
 * The look of a message with what stands under it: the message, then quoted lines in one order, the same in every
 * channel. In a joint post the bar of the quotes shows where one message ends.
 *
 *     :tada: Ada is on enterprise
 *     > *Why:* ...
 *     > *Plan:* enterprise · *Seats:* 40
 *     > <https://...|Customer> · <https://...|Contract>
 *     > *Next:* ...
 *     > *Owner:* <@U024BE7LH> · Answer by <!date^...|2026-01-31 12:00 UTC>
 */
import { cutText } from '../../slack/escape.ts'

/** Slack's markup, each of one line; null or not in the list where there is nothing to show. */
export interface PlaybookParts {
  why: string | null
  fields: readonly string[]
  links: readonly string[]
  nextStep: string | null
  owner: string | null
  deadline: string | null
}

interface Part {
  line: number
  text: string
}

const BETWEEN = ' · '

/**
 * The message and its parts in at most `limit` UTF-16 units; `cut` where not all fits. What matters least goes
 * first, whole: the links but the first, from the last; the fields from the last; the first link; the deadline;
 * why; the next step; the owner. Then the end of the message.
 */
export function layOut(message: string, parts: PlaybookParts, limit: number): { text: string; cut: boolean } {
  const { shown, expendable } = arrange(parts)
  let text = write(message, shown)
  for (const part of expendable) {
    if (text.length <= limit) return { text, cut: shown.size < expendable.length }
    shown.delete(part)
    text = write(message, shown)
  }
  const fitted = cutText(text, limit)
  return { text: fitted.text, cut: fitted.cut || expendable.length > 0 }
}

/** `shown`: in the order of the text; `expendable`: the same, what matters least first. */
function arrange(parts: PlaybookParts): { shown: Set<Part>; expendable: readonly Part[] } {
  const on = (line: number, texts: readonly (string | null)[]): Part[] =>
    texts.filter((text) => text !== null).map((text) => ({ line, text }))
  const why = on(0, [parts.why])
  const fields = on(1, parts.fields)
  const links = on(2, parts.links)
  const nextStep = on(3, [parts.nextStep])
  const owner = on(4, [parts.owner])
  const deadline = on(4, [parts.deadline])
  const [firstLink, ...otherLinks] = links
  return {
    shown: new Set([...why, ...fields, ...links, ...nextStep, ...owner, ...deadline]),
    expendable: [
      ...otherLinks.reverse(),
      ...fields.toReversed(),
      ...(firstLink === undefined ? [] : [firstLink]),
      ...[deadline, why, nextStep, owner].flat(),
    ],
  }
}

function write(message: string, shown: ReadonlySet<Part>): string {
  let text = message
  let line = -1
  for (const part of shown) {
    text += part.line === line ? BETWEEN : '\n> '
    text += part.text
    line = part.line
  }
  return text
}
