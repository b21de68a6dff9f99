import { timeText } from '../wording.ts'
import type { ExplainedKind, ExplainStep, Explanation } from './explanation.ts'

/** Beyond it lines are hard to read; below, words of the usual length would stand alone. */
const [NARROWEST, WIDEST] = [60, 100]

const KIND_NAMES: Readonly<Record<ExplainedKind, string>> = {
  message_id: 'a message',
  event_coordinates: 'an event',
  event_message_id: "an event's messageId",
}

/**
 * An explanation for a terminal: what became of it, then one step after the other. `columns`: how wide it is, null
 * where nobody knows.
 */
export function explanationLines({ asked, summary, steps }: Explanation, columns: number | null): string[] {
  const width = Math.max(NARROWEST, Math.min(WIDEST, columns ?? WIDEST))
  return [
    ...wrapped(`${asked.id} (${KIND_NAMES[asked.kind]})`, { indent: '', width }),
    ...wrapped(summary, { indent: '', width }),
    ...steps.flatMap((step) => ['', ...stepLines(step, width)]),
  ]
}

const NO_TIME = ' '.repeat('2026-01-31 08:00:00Z'.length)
/** `dead letter` is the longest. */
const STAGE_CHARS = 11

function stepLines({ at, stage, text, details, command }: ExplainStep, width: number): string[] {
  const head = `${at === null ? NO_TIME : timeText(at)}  ${stage.replace('_', ' ').padEnd(STAGE_CHARS)}  `
  const indent = ' '.repeat(head.length)
  const [first = '', ...more] = wrapped(text, { indent, width })
  return [
    `${head}${first.slice(indent.length)}`,
    ...more,
    ...details.flatMap((line) => wrapped(line, { indent: `${indent}  `, width })),
    // A command is for copying, so it stays in one piece and begins where there is most room.
    ...(command === null ? [] : [`    ${command}`]),
  ]
}

/** Broken between words; what is longer than a line is left whole, since it may be an id or an address. */
function wrapped(text: string, { indent, width }: { indent: string; width: number }): string[] {
  const own = /^ */.exec(text)?.[0] ?? ''
  const lines: string[] = []
  let line = `${indent}${own}`
  let isEmpty = true
  for (const word of text.slice(own.length).split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line)
      line = `${indent}${own}${word}`
    } else {
      line += isEmpty ? word : ` ${word}`
    }
    isEmpty = false
  }
  return [...lines, line]
}
