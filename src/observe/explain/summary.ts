import { count, formatDuration } from '../wording.ts'
import type { Evidence, Trail } from './evidence.ts'

/** What became of an event and its messages, in one sentence. */
export function summaryOf(evidence: Evidence): string {
  const { trails } = evidence
  const ends = [...trails.map((trail) => endOf(trail, evidence)), ...eventLetterEnds(evidence)]
  const [only] = ends
  if (only === undefined) return nothingQueued(evidence)
  if (ends.length === 1) return sentence(only)
  const tally = [...Map.groupBy(ends.map(shortOf), (end) => end)].map(([end, of]) => `${of.length} ${end}`)
  return sentence(`${count(trails.length, 'message')}: ${tally.join(', ')}`)
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

/** `delivered` of `delivered to sales ...`. */
function shortOf(end: string): string {
  return /^(?:delivered|waiting|silenced|given up|replayed|moved|done|a dead letter)/.exec(end)?.[0] ?? end
}

function endOf({ id, hops }: Trail, { letters, nowMs }: Evidence): string {
  const last = hops.at(-1)
  if (last === undefined) return 'not queued'
  const { record, final, waiting, timestamp } = last
  const { destination } = record
  if (final === null) {
    if (waiting?.isPassed === true) return `done, but its receipt is gone`
    return `waiting for ${destination}, for ${formatDuration(nowMs - timestamp)} now`
  }
  const after = `${formatDuration(final.recorded_at - final.event.timestamp)} after the event`
  switch (final.outcome) {
    case 'delivered':
      return `delivered to ${destination} ${after}`
    case 'silenced':
      return `silenced: it was not posted to ${destination}, on purpose`
    case 'moved':
      return `moved to the new address of ${destination}, where nothing tells of it yet`
    case 'expired':
    case 'dead_lettered':
    case null: {
      const letter = letters.findLast((one) => one.letter.message?.id === id)
      if (letter?.replayedAt != null) return `replayed, and what became of it then is not on record yet`
      return `given up ${after}: ${final.cause ?? 'unknown'}, a dead letter`
    }
  }
}

/** Once it is replayed, its messages tell. */
function eventLetterEnds({ letters, trails }: Evidence): string[] {
  return letters
    .filter(
      ({ letter, replayedAt }) => letter.kind === 'event' && (replayedAt === null || trails.length === 0),
    )
    .map(({ letter, replayedAt }) =>
      replayedAt === null ? `a dead letter: ${letter.cause}` : `replayed from a dead letter: ${letter.cause}`,
    )
}

function nothingQueued({ event, match, place, explained, isCanary, letters, others }: Evidence): string {
  const [letter] = letters
  if (letter !== undefined) return `It lies in the dead letters: ${letter.letter.cause}.`
  if (others.length > 0) return `There is no such message, but ${count(others.length, 'other')} of its event.`
  switch (event.kind) {
    case 'read':
      break
    case 'none':
      return 'No record of it is left.'
    case 'deleted':
      return 'The event is gone, and no message or dead letter of it is left.'
    case 'no_topic':
    case 'no_partition':
    case 'beyond_end':
    case 'no_record':
    case 'hidden':
      return 'There is no such event, and no message or dead letter of one.'
  }
  if (match === null) return `Nothing: this configuration does not read ${place.topic}.`
  if (match.committed === null || match.committed <= place.offset)
    return 'Match has not come to the event yet.'
  if (isCanary) return "It is the canary's own event, and nothing tells of its message any more."
  if (explained?.kind === 'no_value') return 'Nothing: the record has no value, and is skipped.'
  if (explained?.kind === 'poison')
    return `Nothing: the event cannot be read (${explained.cause}), and no dead letter of it is left.`
  return 'Nothing was sent for the event.'
}
