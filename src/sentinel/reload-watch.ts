import { refusedText } from './notice-text.ts'
import { MOST_WATCHED, QUIET_MS, type Watch } from './watch.ts'

export interface Refusal {
  host: string
  pid: number
  detail: string | null
  at: number
}

/** A process that is not heard of may come back, or have ended. */
const MISSED_FOR_MS = 60_000

/** Processes that have refused their configuration when they last read it; each refusal is told once. */
export function createReloadWatch(): Watch {
  const refusals = new Map<string, Refusal & { isTold: boolean; seenAtMs: number }>()
  return {
    cause: 'reload_refused',
    note({ processes, nowMs }) {
      for (const { process, host, pid, reload } of processes) {
        const known = refusals.get(process)
        if (reload === null || isTaken(reload.result)) refusals.delete(process)
        else if (known?.at === reload.at) known.seenAtMs = nowMs
        else if (known !== undefined || refusals.size < MOST_WATCHED) {
          const { at, detail } = reload
          refusals.set(process, { host, pid, detail, at, isTold: false, seenAtMs: nowMs })
        }
      }
      for (const [process, { seenAtMs }] of refusals) {
        if (nowMs - seenAtMs >= MISSED_FOR_MS) refusals.delete(process)
      }
    },
    takeOver(spokenAt, nowMs) {
      for (const one of refusals.values()) {
        one.isTold = nowMs - one.at >= QUIET_MS || (spokenAt !== null && one.at <= spokenAt)
      }
    },
    news() {
      const found = [...refusals.values()].filter(({ isTold }) => !isTold)
      return found.length === 0 ? null : refusedText(found)
    },
    told() {
      for (const one of refusals.values()) one.isTold = true
    },
  }
}

/** Of RELOAD_RESULTS; another version may have further ways to fail. */
function isTaken(result: string): boolean {
  return result === 'applied' || result === 'unchanged'
}
