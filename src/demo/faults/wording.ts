import { count, formatDuration } from '../../observe/wording.ts'
import type { FaultStory } from './fault.ts'

/** What a fault was and how it was survived, in a line of the summary. */
export function describeFault(story: FaultStory): string {
  switch (story.kind) {
    case 'gone': {
      const { channel, lastedMs, refused, letters, replayed } = story
      if (lastedMs === null) return 'no webhook was gone: the traffic was over before'
      const gone = `#${channel}'s webhook was gone for ${formatDuration(lastedMs)}`
      if (refused === 0) return `${gone}: no message met it`
      return `${gone}: ${count(refused, 'post')} refused, ${count(letters, 'dead letter')}${replayedOf(replayed, letters)}`
    }
    case 'throttled': {
      const { channel, lastedMs, answers, retryAfterSeconds } = story
      if (lastedMs === null) return 'no webhook was throttled: the traffic was over before'
      const throttled = `#${channel} was throttled for ${formatDuration(lastedMs)}`
      if (answers === 0) return `${throttled}: no message met it`
      return `${throttled}: ${count(answers, 'post')} answered 429, each Retry-After of ${retryAfterSeconds} s kept`
    }
    case 'kill': {
      const { process, partitions, takeoverMs } = story
      if (process === '') return 'no process was killed: the traffic was over before'
      const killed = `${process} was killed (kill -9) and replaced`
      if (takeoverMs === null) return killed
      return `${killed}: its ${count(partitions, 'partition')} taken over after ${formatDuration(takeoverMs)}`
    }
  }
}

function replayedOf(replayed: number, letters: number): string {
  if (letters === 0) return ''
  return replayed === letters ? ', replayed' : `, ${count(replayed, 'letter')} replayed`
}
