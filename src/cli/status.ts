import { withStandInAddresses } from '../author/stand-in-addresses.ts'
import { AppError } from '../core/errors.ts'
import { createOverviewFeed } from '../observe/overview/feed.ts'
import type { Overview, OverviewFeed } from '../observe/overview/overview.ts'
import { settledWithin, systemClock } from '../system.ts'
import { createOutput, jsonLine, plainText } from './dead/output.ts'
import { type CommandIo, EXIT } from './io.ts'
import { type Session, withSession } from './session.ts'
import { onStopSignal } from './signals.ts'
import { openScreen, type Terminal } from './status/screen.ts'
import { statusView } from './status/view.ts'

export interface StatusOptions {
  config?: string
  /** One overview, then the end, also on a terminal. */
  once?: boolean
  json?: boolean
  /** With `json`: one line after the other, until it is stopped. */
  live?: boolean
}

/** What the keyboard is to a live view. */
export interface Keyboard {
  isTTY?: boolean
  setRawMode?(raw: boolean): unknown
  on(event: 'data', listener: (keys: Buffer | string) => void): unknown
  off(event: 'data', listener: (keys: Buffer | string) => void): unknown
  resume(): unknown
  pause(): unknown
}

export interface StatusIo extends CommandIo {
  stdin: Keyboard
}

/** `bellhop status`: the whole group, live on a terminal, once elsewhere. Joins no group, writes nothing. */
export async function status(options: StatusOptions, io: StatusIo): Promise<number> {
  if (options.live === true && (options.json !== true || options.once === true)) {
    throw new AppError('usage', '--live goes with --json, and not with --once')
  }
  return withSession({ config: options.config, secrets: 'optional' }, io, async (session) => {
    const stopped = new AbortController()
    const signals = onStopSignal(() => stopped.abort())
    const feed = openFeed(session, options)
    const at: Showing = { session, io, feed, stopped }
    try {
      if (options.json === true) await printJson(at, options.live === true)
      else if (io.stdout.isTTY === true && options.once !== true) await showLive(at)
      else await printOnce(at)
      return EXIT.ok
    } finally {
      signals.release()
      await settledWithin(feed.close(), CLOSE_MS)
    }
  })
}

interface Showing {
  session: Session
  io: StatusIo
  feed: OverviewFeed
  /** Aborted by a signal, or by the key that leaves. */
  stopped: AbortController
}

const CLOSE_MS = 1_000
/** What takes longer to read is told to be incomplete. */
const HISTORY_MS = 30_000
/** Where the logs end is known soon after. */
const ENDS_MS = 3_000

function openFeed({ config, kafka, topics, codecs }: Session, options: StatusOptions): OverviewFeed {
  const readable = withStandInAddresses(config)
  return createOverviewFeed({
    kafka,
    topics,
    codecs,
    config: () => readable,
    configPath: options.config ?? null,
    clock: systemClock,
  })
}

/** The first overview for which all is read that can be read in a reasonable time; null where it was stopped before. */
function firstWhole({ feed, stopped }: Showing): Promise<Overview | null> {
  const startedMs = systemClock.monotonicMs()
  let doneMs: number | null = null
  return new Promise((resolve) => {
    const end = (overview: Overview | null): void => {
      leave()
      resolve(overview)
    }
    const leave = feed.subscribe((overview) => {
      const nowMs = systemClock.monotonicMs()
      if (overview.history.done) doneMs ??= nowMs
      const knowsEnds = overview.stages.some(({ partitions }) => partitions.length > 0)
      const isWhole = doneMs !== null && (knowsEnds || nowMs - doneMs >= ENDS_MS)
      if (isWhole || nowMs - startedMs >= HISTORY_MS) end(overview)
    })
    if (stopped.signal.aborted) end(null)
    stopped.signal.addEventListener('abort', () => end(null), { once: true })
  })
}

async function printOnce(at: Showing): Promise<void> {
  const overview = await firstWhole(at)
  if (overview === null) return
  const { io, session } = at
  const output = createOutput(io.stdout)
  const plain = (text: string): string => plainText(text, session.mask)
  for (const { text } of statusView(overview, { columns: null, rows: null, plain })) await output.line(text)
  await output.flush()
}

async function printJson(at: Showing, isLive: boolean): Promise<void> {
  const { io, session, feed, stopped } = at
  const output = createOutput(io.stdout)
  const print = async (overview: Overview): Promise<void> => {
    await output.line(jsonLine(overview, session.mask))
    await output.flush()
    if (!output.open) stopped.abort()
  }
  const first = await firstWhole(at)
  if (first === null) return
  await print(first)
  if (!isLive) return
  let printing = Promise.resolve()
  let isBusy = false
  const leave = feed.subscribe((overview) => {
    // A reader that is slow gets the newest, not all.
    if (isBusy || overview.at <= first.at) return
    isBusy = true
    printing = print(overview).finally(() => {
      isBusy = false
    })
  })
  await untilStopped(stopped.signal)
  leave()
  await settledWithin(printing, CLOSE_MS)
}

async function showLive({ io, session, feed, stopped }: Showing): Promise<void> {
  const terminal: Terminal & { on?: NodeJS.WriteStream['on']; off?: NodeJS.WriteStream['off'] } = io.stdout
  const screen = openScreen(terminal, { colours: (io.env.NO_COLOR ?? '') === '' })
  const plain = (text: string): string => plainText(text, session.mask)
  let latest: Overview | null = null
  const draw = (): void => {
    const { columns, rows } = screen
    if (latest === null) screen.draw([{ text: 'looking …', tone: 'dim' }])
    else screen.draw(statusView(latest, { columns, rows, plain }))
  }
  const leave = feed.subscribe((overview) => {
    latest = overview
    draw()
  })
  const keys = watchKeys(io.stdin, () => stopped.abort())
  terminal.on?.('resize', draw)
  draw()
  try {
    await untilStopped(stopped.signal)
  } finally {
    terminal.off?.('resize', draw)
    keys.release()
    leave()
    screen.close()
  }
}

/** `q`, Ctrl-C, Ctrl-D and escape leave: a terminal in raw mode sends no signals. */
function watchKeys(stdin: Keyboard, leave: () => void): { release(): void } {
  if (stdin.isTTY !== true) return { release: () => undefined }
  const onKeys = (keys: Buffer | string): void => {
    const typed = String(keys)
    if (typed === '\u001b' || /[qQ\u0003\u0004]/.test(typed)) leave()
  }
  stdin.setRawMode?.(true)
  stdin.on('data', onKeys)
  stdin.resume()
  return {
    release() {
      stdin.off('data', onKeys)
      stdin.setRawMode?.(false)
      stdin.pause()
    },
  }
}

function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
