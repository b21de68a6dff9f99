import { count, cutTo, formatDuration, formatNumber } from '../observe/wording.ts'
import { inlineText } from '../slack/escape.ts'
import type { LateLane } from './oldest-watch.ts'
import type { Refusal } from './reload-watch.ts'

/**
 * What bellhop says of itself: what is wrong, and the command that helps. What comes from status records is foreign
 * text: it is cut and escaped for Slack.
 */

const MOST_NAMED = 8
const MOST_WORD_CHARS = 200
const MOST_ID_CHARS = 60

interface BrokenLane {
  destinations: readonly string[]
  word: string | null
}

export function openedText(lanes: readonly BrokenLane[]): string {
  const each = ({ destinations, word }: BrokenLane) =>
    `${named(destinations)} ${verb(destinations, 'takes', 'take')} nothing${word === null ? '' : ` ("${inlineText(cutTo(word, MOST_WORD_CHARS))}")`}`
  return (
    `${listed(lanes, each)}. ${isOne(lanes) ? 'Its' : 'Their'} messages go to dead letters until the webhook or ` +
    `channel is mended; one a minute is tried. Then: ${command('bellhop dead replay', lanes)}`
  )
}

export function closedText(lanes: readonly Pick<BrokenLane, 'destinations'>[]): string {
  const each = ({ destinations }: Pick<BrokenLane, 'destinations'>) =>
    `${named(destinations)} ${verb(destinations, 'takes', 'take')} messages again`
  return `${listed(lanes, each)}. What was given up meanwhile: ${command('bellhop dead list', lanes)}`
}

export function oldestText(lanes: readonly LateLane[], limitMs: number): string {
  const each = ({ destinations, waitedMs, waiting, isPaused }: LateLane) =>
    `${named(destinations)} ${verb(destinations, 'has', 'have')} ${count(waiting, 'message')} waiting, the oldest for ${formatDuration(waitedMs)}` +
    (isPaused ? `, since it is paused (${command('bellhop resume', [{ destinations }])})` : '')
  return `${listed(lanes, each)}. More than ${formatDuration(limitMs)} is worth a look: \`bellhop status\``
}

export function deadLettersText(letters: number): string {
  return `${count(letters, 'dead letter')} within ten minutes. Why: \`bellhop dead list --since 10m\``
}

export function refusedText(refusals: readonly Refusal[]): string {
  const each = ({ host, pid, detail }: Refusal) => {
    const why = detail === null ? '' : ` (${inlineText(cutTo(detail, MOST_WORD_CHARS))})`
    return `${inlineText(cutTo(host, MOST_ID_CHARS))}, process ${pid}, refused its new configuration${why}`
  }
  return `${listed(refusals, each)}. The one before stays at work. What is wrong: \`bellhop check\``
}

function listed<T>(all: readonly T[], each: (one: T) => string): string {
  const shown = all.slice(0, MOST_NAMED).map(each).join('; ')
  const more = all.length - MOST_NAMED
  return more > 0 ? `${shown}; and ${formatNumber(more)} more` : shown
}

function isOne(lanes: readonly BrokenLane[]): boolean {
  return lanes.length === 1 && lanes.every(({ destinations }) => destinations.length < 2)
}

function verb(destinations: readonly string[], one: string, several: string): string {
  return destinations.length > 1 ? several : one
}

function named(destinations: readonly string[]): string {
  const shown = destinations.slice(0, MOST_NAMED).map((id) => inlineText(cutTo(id, MOST_ID_CHARS)))
  const more = destinations.length - MOST_NAMED
  return shown.length === 0
    ? 'a lane'
    : `${shown.join(' and ')}${more > 0 ? ` and ${formatNumber(more)} more` : ''}`
}

/** For the one destination that it is about; where there are several, the person fills it in. */
function command(words: string, lanes: readonly { destinations: readonly string[] }[]): string {
  const ids = [...new Set(lanes.flatMap(({ destinations }) => destinations))]
  const [only = ''] = ids
  const isPlain = ids.length === 1 && /^[A-Za-z0-9_.-]{1,60}$/.test(only)
  const id = isPlain ? only : 'ID'
  return words.endsWith('resume') ? `\`${words} ${id}\`` : `\`${words} --destination ${id}\``
}
