import { type DeadLetterLog, openDeadLetterLog } from '../../kafka/dead-letter-log.ts'
import { count } from '../../observe/wording.ts'
import type { CommandIo } from '../io.ts'
import type { Session } from '../session.ts'

/** A transaction of the match stage ends within milliseconds; only one whose process was killed hides more. */
const PATIENCE_MS = 2_000

/** The letters for reading alone: nothing waits for long, and nobody is disturbed. */
export function openForReading(
  session: Session,
  {
    sinceMs = null,
    signal = new AbortController().signal,
  }: { sinceMs?: number | null; signal?: AbortSignal } = {},
): Promise<DeadLetterLog> {
  return openDeadLetterLog({
    kafka: session.kafka,
    topic: session.topics.deadLetters,
    codec: session.codecs.deadLetter,
    sinceMs,
    patienceMs: PATIENCE_MS,
    whereHidden: 'read_before',
    waiting: () => undefined,
    signal,
  })
}

/** Where the end of a partition stayed hidden from a reader. */
export function tellWhatIsHidden(io: CommandIo, { hidden, topic }: DeadLetterLog): void {
  for (const { partition, offset } of hidden) {
    io.stderr.write(
      `note: partition ${partition} of ${topic} is read up to offset ${offset} only: a transaction that began there ` +
        'is not finished (a process was killed in the middle of one; it ends within a minute).\n',
    )
  }
}

/** Records that are not ours. */
export function tellWhatIsForeign(
  io: CommandIo,
  { unreadable, topic }: { unreadable: number; topic: string },
): void {
  if (unreadable === 0) return
  const are = unreadable === 1 ? 'is no dead letter and was' : 'are no dead letters and were'
  io.stderr.write(`note: ${count(unreadable, 'record')} in ${topic} ${are} passed over.\n`)
}
