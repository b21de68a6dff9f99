import type { ProcessStatus } from '../core/records.ts'
import { deadLettersText } from './notice-text.ts'
import { type Look, MOST_WATCHED, QUIET_MS, type Watch } from './watch.ts'

interface Counted {
  /** What the process had counted when we last heard of it. */
  letters: number
  seenAtMs: number
}

/** Letters of so long are counted together: a process speaks every two seconds. */
const BUCKET_MS = 10_000

/**
 * How many letters all processes have put on record within the last ten minutes. Each process counts from its own
 * start: what it had counted when we first heard of it is no news, unless it began after us. What has been told is not
 * counted again.
 */
export function createDeadLettersWatch(): Watch {
  const counts = new Map<string, Counted>()
  const buckets: { fromMs: number; letters: number }[] = []
  let beganMs: number | null = null
  const total = (): number => buckets.reduce((sum, { letters }) => sum + letters, 0)

  return {
    cause: 'dead_letters',
    note({ processes, nowMs }) {
      const sinceMs = beganMs ?? nowMs
      beganMs = sinceMs
      const letters = processes.reduce((sum, one) => sum + newLetters(counts, one, { sinceMs, nowMs }), 0)
      const last = buckets.at(-1)
      if (last !== undefined && nowMs - last.fromMs < BUCKET_MS) last.letters += letters
      else if (letters > 0) buckets.push({ fromMs: nowMs, letters })
      while (buckets[0] !== undefined && nowMs - buckets[0].fromMs >= QUIET_MS) buckets.shift()
      for (const [process, { seenAtMs }] of counts) {
        if (nowMs - seenAtMs >= QUIET_MS) counts.delete(process)
      }
    },
    takeOver: () => undefined,
    news({ settings }: Look) {
      return total() >= settings.deadLetters ? deadLettersText(total()) : null
    },
    told() {
      buckets.length = 0
    },
  }
}

function newLetters(
  counts: Map<string, Counted>,
  { process, dead_letters: letters, started_at: startedAt }: ProcessStatus,
  { sinceMs, nowMs }: { sinceMs: number; nowMs: number },
): number {
  const known = counts.get(process)
  if (known === undefined && counts.size >= MOST_WATCHED) return 0
  counts.set(process, { letters, seenAtMs: nowMs })
  if (known === undefined) return startedAt >= sinceMs ? letters : 0
  return letters < known.letters ? letters : letters - known.letters
}
