import { timeText } from '../wording.ts'
import type { ExplainedKind, ExplainStep, Explanation } from './explanation.ts'

const WIDTH = 100

const KIND_NAMES: Readonly<Record<ExplainedKind, string>> = {
  message_id: 'a message',
  event_coordinates: 'an event',
  event_message_id: "an event's messageId",
}

/** An explanation for a terminal of 100 columns: what became of it, then one step after the other. */
export function explanationLines({ asked, summary, steps }: Explanation): string[] {
  return [
    ...wrapped(`${asked.id} (${KIND_NAMES[asked.kind]})`, ''),
    ...wrapped(summary, ''),
    ...steps.flatMap((step) => ['', ...stepLines(step)]),
  ]
}

const NO_TIME = ' '.repeat('2026-01-31 08:00:00Z'.length)
/** `dead letter` is the longest. */
const STAGE_CHARS = 11

function stepLines({ at, stage, text, details, command }: ExplainStep): string[] {
  const head = `${at === null ? NO_TIME : timeText(at)}  ${stage.replace('_', ' ').padEnd(STAGE_CHARS)}  `
  const indent = ' '.repeat(head.length)
  const [first = '', ...more] = wrapped(text, indent)
  return [
    `${head}${first.slice(indent.length)}`,
    ...more,
    ...details.flatMap((line) => wrapped(line, `${indent}  `)),
    // A command is for copying, so it stays in one piece and begins where there is most room.
    ...(command === null ? [] : [`    ${command}`]),
  ]
}

/** Broken between words; what is longer than a line is left whole, since it may be an id or an address. */
function wrapped(text: string, indent: string): string[] {
  const own = /^ */.exec(text)?.[0] ?? ''
  const lines: string[] = []
  let line = `${indent}${own}`
  let isEmpty = true
  for (const word of text.slice(own.length).split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = `${indent}${own}${word}`
    } else {
      line += isEmpty ? word : ` ${word}`
    }
    isEmpty = false
  }
  return [...lines, line]
}
