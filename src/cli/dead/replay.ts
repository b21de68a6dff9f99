import { AppError } from '../../core/errors.ts'
import { isNarrow, type LetterFilter } from '../../dead/letter-filter.ts'
import { type ReplayProgress, replayLetters } from '../../dead/replay.ts'
import { createReplayPolicy } from '../../dead/replay-policy.ts'
import { createEventFormats } from '../../event/event-formats.ts'
import { type DeadLetterLog, openDeadLetterLog } from '../../kafka/dead-letter-log.ts'
import { createOriginals, FencedReplayError, openReplayWriter } from '../../kafka/dead-letter-replay.ts'
import { describeFailure } from '../../kafka/failures.ts'
import { openRecordCodecs } from '../../kafka/record-codec-open.ts'
import { createMatcher } from '../../match/match-event.ts'
import { count } from '../../observe/wording.ts'
import { systemClock } from '../../system.ts'
import { type CommandIo, EXIT } from '../io.ts'
import { type Session, withSession } from '../session.ts'
import { onStopSignal } from '../signals.ts'
import { type FilterOptions, parseFilter, tellUnknownNames } from './filter-options.ts'
import { openForReading, tellWhatIsForeign, tellWhatIsHidden } from './letters.ts'
import { ReplayReport } from './replay-report.ts'

export interface DeadReplayOptions extends FilterOptions {
  config?: string
  all?: boolean
  dryRun?: boolean
}

/** `bellhop dead replay`: sends letters back into the flow, each once. Gives the exit code. */
export async function deadReplay(
  ids: readonly string[],
  options: DeadReplayOptions,
  io: CommandIo,
): Promise<number> {
  const filter = parseFilter(options, ids, systemClock.nowMs())
  requireChoice(filter, options)
  const stopped = new AbortController()
  const signals = onStopSignal(() => stopped.abort())
  try {
    return await withSession({ config: options.config, secrets: 'required' }, io, (session) =>
      replay({ session, filter, options, io, signal: stopped.signal }),
    )
  } finally {
    signals.release()
  }
}

function requireChoice(filter: LetterFilter, { all }: DeadReplayOptions): void {
  if (all === true && isNarrow(filter)) {
    throw new AppError('usage', '--all stands alone; leave it out to replay what ids or filters name')
  }
  if (all === true || isNarrow(filter)) return
  throw new AppError(
    'usage',
    'name what to replay: ids, --destination, --action, --cause, --since, or --all. ' +
      '"bellhop dead list" shows what there is, and --dry-run what would be done',
  )
}

interface Replay {
  session: Session
  filter: LetterFilter
  options: DeadReplayOptions
  io: CommandIo
  signal: AbortSignal
}

async function replay(at: Replay): Promise<number> {
  const { session, options, filter, signal } = at
  if (options.dryRun === true) {
    return replayFrom(at, {
      log: await openForReading(session, { sinceMs: filter.sinceMs, signal }),
      commit: null,
    })
  }
  const { kafka, topics, config } = session
  const codecs = await openRecordCodecs(session.registry, topics)
  // First of all: whoever replays besides us ends here, and what they have marked can be read from now on.
  const transactionalId = `${config.kafka.prefix}.dead.replay`
  const writer = await openReplayWriter({ kafka, transactionalId, topics, codecs })
  try {
    const log = await openForReplay(at)
    return await replayFrom(at, { log, commit: (batch) => writer.commit(batch) })
  } finally {
    await writer.close()
  }
}

/** The transaction of a process that was killed ends within 30 s, and 10 s more until the broker looks. */
const PATIENCE_MS = 45_000

function openForReplay({ session, filter, io, signal }: Replay): Promise<DeadLetterLog> {
  let told = false
  return openDeadLetterLog({
    kafka: session.kafka,
    topic: session.topics.deadLetters,
    codec: session.codecs.deadLetter,
    sinceMs: filter.sinceMs,
    patienceMs: PATIENCE_MS,
    whereHidden: 'leave_out',
    signal,
    waiting({ partition }) {
      if (told) return
      told = true
      io.stderr.write(`waiting for a transaction that is not finished in partition ${partition} ...\n`)
    },
  })
}

type Commit = Parameters<typeof replayLetters>[0]['commit']

async function replayFrom(
  at: Replay,
  { log, commit }: { log: DeadLetterLog; commit: Commit },
): Promise<number> {
  const { session, filter, io, signal, options } = at
  const { config, kafka, schemas } = session
  const report = new ReplayReport(at, { size: log.size })
  const originals = createOriginals(kafka)
  try {
    await replayLetters({
      letters: report.watch(log.letters()),
      filter,
      decide: createPolicy(session),
      readOriginal: originals.read,
      learnSchema: (id) => schemas.learn([id]),
      commit,
      clock: systemClock,
      signal,
      progressed: (progress) => report.progressed(progress),
      planned: (stored, messages) => report.planned(stored, messages),
      skipped: (stored, reason, detail) => report.skipped(stored, reason, detail),
    })
    await report.end()
    if (commit === null) tellWhatIsHidden(io, log)
    tellWhatIsForeign(io, { unreadable: report.unreadable, topic: log.topic })
    if (report.found === 0) tellUnknownNames(io, options, config)
    return conclude({ ...at, log, report, dryRun: commit === null })
  } catch (error) {
    return await giveUp(error, report, io)
  } finally {
    await Promise.all([originals.close(), log.close()])
  }
}

/** An event is read as the match stage would read it now, a record as the dispatch stage would. */
function createPolicy({ config, codecs, schemas, registry }: Session): ReturnType<typeof createReplayPolicy> {
  const { missingSchema, decode } = codecs.dispatch
  const formats = createEventFormats(config.kafka.events, schemas)
  return createReplayPolicy({
    config,
    formats,
    match: createMatcher(config, formats),
    dispatch: { missingSchema: registry === null ? () => null : missingSchema, decode },
  })
}

function conclude(at: Replay & { log: DeadLetterLog; report: ReplayReport; dryRun: boolean }): number {
  const { io, log, report, filter, signal } = at
  if (signal.aborted) {
    io.stderr.write('bellhop: stopped; the same command replays the rest.\n')
    return EXIT.failed
  }
  const missing = report.missing
  for (const id of missing) {
    const narrowed = isNarrow({ ...filter, ids: [] }) ? ' that meets the filters' : ''
    io.stderr.write(`bellhop: ${log.topic} holds no dead letter of ${id}${narrowed}.\n`)
  }
  if (log.hidden.length > 0 && !at.dryRun) {
    const partitions = log.hidden.map(({ partition }) => partition).join(', ')
    io.stderr.write(
      `bellhop: nothing was replayed of partition ${partitions}: an unfinished transaction hides what was replayed ` +
        'before. Run it again.\n',
    )
    return EXIT.failed
  }
  const namedStays = filter.ids.length > 0 && report.stayed > 0
  return missing.length > 0 || namedStays ? EXIT.failed : EXIT.ok
}

/** What is on record stays so: the marks say it, and the same command goes on behind them. */
async function giveUp(error: unknown, report: ReplayReport, io: CommandIo): Promise<number> {
  const progress: ReplayProgress = report.progress
  await report.breakOff()
  const so = `${count(progress.replayed, 'letter')} had been replayed`
  if (error instanceof FencedReplayError) {
    io.stderr.write(`bellhop: another replay has begun, and this one ended: ${so}. Nothing is sent twice.\n`)
    return EXIT.failed
  }
  if (error instanceof AppError || progress.replayed === 0) throw error
  io.stderr.write(
    `bellhop: ${so} when it failed: ${describeFailure(error)}. Run it again for the rest: nothing is sent twice.\n`,
  )
  return EXIT.failed
}
