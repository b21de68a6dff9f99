import type { Clock } from '../core/clock.ts'
import type { CommandIo } from './io.ts'

export interface ProgressAt {
  /** Work that is behind us, of `total`. */
  passed: number
  total: number
  /** What it gave so far. */
  done: number
}

/** On a terminal one line that changes; elsewhere a line now and then. `clear` makes room for other lines. */
export interface ProgressLine {
  update(at: ProgressAt): void
  clear(): void
}

const BAR_CHARS = 24
const TERMINAL_EVERY_MS = 100
const LINE_EVERY_MS = 5_000

export function createProgressLine(stream: CommandIo['stderr'], verb: string, clock: Clock): ProgressLine {
  const startedMs = clock.monotonicMs()
  const isTerminal = stream.isTTY === true
  let writtenMs = isTerminal ? Number.NEGATIVE_INFINITY : startedMs
  return {
    update(at) {
      const nowMs = clock.monotonicMs()
      if (nowMs - writtenMs < (isTerminal ? TERMINAL_EVERY_MS : LINE_EVERY_MS)) return
      writtenMs = nowMs
      const text = formatProgress(at, { verb, elapsedMs: nowMs - startedMs })
      stream.write(isTerminal ? `\r\u001b[2K${bar(at)} ${text}` : `${text}\n`)
    },
    clear() {
      if (isTerminal) stream.write('\r\u001b[2K')
    },
  }
}

/** ` 45 %  12,300 replayed  1,200/s  8 s left`; what is left is told once there is a pace to tell it by. */
export function formatProgress(
  { passed, total, done }: ProgressAt,
  { verb, elapsedMs }: { verb: string; elapsedMs: number },
): string {
  const share = total === 0 ? 1 : passed / total
  const seconds = elapsedMs / 1_000
  const rate = seconds > 0 ? Math.round(done / seconds).toLocaleString('en-US') : '0'
  const leftSeconds = share > 0 ? Math.ceil((seconds * (1 - share)) / share) : null
  return [
    `${String(Math.floor(share * 100)).padStart(3)} %`,
    `${done.toLocaleString('en-US')} ${verb}`,
    `${rate}/s`,
    ...(leftSeconds === null ? [] : [`${leftSeconds.toLocaleString('en-US')} s left`]),
  ].join('  ')
}

function bar({ passed, total }: ProgressAt): string {
  const full = total === 0 ? BAR_CHARS : Math.floor((passed / total) * BAR_CHARS)
  return `[${'█'.repeat(full)}${'░'.repeat(BAR_CHARS - full)}]`
}
