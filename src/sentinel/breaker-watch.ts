import type { LaneStatus, ProcessStatus } from '../core/records.ts'
import { closedText, openedText } from './notice-text.ts'
import { type Look, MOST_WATCHED, QUIET_MS, type Watch, wasTold } from './watch.ts'

interface WatchedBreaker {
  destinations: readonly string[]
  isOpen: boolean
  /** Slack's word that keeps it open; null where none was given. */
  word: string | null
  /** Its opening has been told. */
  isTold: boolean
  /** Who said so, and which partitions it held then. */
  owner: string
  held: string
  seenAtMs: number
}

/**
 * Breakers that have opened and closed, by lane. A lane that nobody speaks of any more has closed only where its owner
 * still holds what it held: a new owner knows of a broken webhook when it has posted to it, not before.
 */
export function createBreakerWatches(): readonly [opened: Watch, closed: Watch] {
  const breakers = new Map<string, WatchedBreaker>()
  const unknown = ({ isOpen, isTold }: WatchedBreaker) => isOpen && !isTold
  const mended = ({ isOpen, isTold }: WatchedBreaker) => !isOpen && isTold
  const news = (wanted: (one: WatchedBreaker) => boolean, text: (found: WatchedBreaker[]) => string) => {
    const found = [...breakers.values()].filter(wanted)
    return found.length === 0 ? null : text(found)
  }
  const toldOpened = (): void => {
    for (const one of breakers.values()) if (one.isOpen) one.isTold = true
  }
  const opened: Watch = {
    cause: 'breaker_opened',
    note(look) {
      noteOpen(breakers, look)
      noteClosed(breakers, look)
    },
    takeOver(spokenAt, nowMs) {
      if (wasTold(spokenAt, nowMs)) toldOpened()
    },
    news: () => news(unknown, openedText),
    told: toldOpened,
  }
  const closed: Watch = {
    cause: 'breaker_closed',
    note: () => undefined,
    takeOver: () => undefined,
    news: () => news(mended, closedText),
    told() {
      for (const [lane, one] of breakers) if (mended(one)) breakers.delete(lane)
    },
  }
  return [opened, closed]
}

function noteOpen(breakers: Map<string, WatchedBreaker>, { processes, nowMs }: Look): void {
  for (const process of processes) {
    for (const { lane, destinations, breaker, last_answer: answer } of process.lanes) {
      const known = breakers.get(lane)
      if (breaker === 'closed' || (known === undefined && breakers.size >= MOST_WATCHED)) continue
      breakers.set(lane, {
        destinations,
        isOpen: true,
        word: answer?.outcome === 'destination_down' ? answer.detail : (known?.word ?? null),
        isTold: known?.isTold ?? false,
        owner: process.process,
        held: partitionsOf(process),
        seenAtMs: nowMs,
      })
    }
  }
}

function noteClosed(breakers: Map<string, WatchedBreaker>, { processes, nowMs }: Look): void {
  const owners = new Map(processes.map((process) => [process.process, process]))
  const workingLanes = new Set(
    processes.flatMap(({ lanes }) => lanes.filter(isWorking).map(({ lane }) => lane)),
  )
  for (const [lane, one] of breakers) {
    if (one.seenAtMs === nowMs || !one.isOpen) continue
    const isForgotten = nowMs - one.seenAtMs >= QUIET_MS
    const hasClosed = workingLanes.has(lane) || isSteady(owners.get(one.owner), one.held)
    if (hasClosed) one.isOpen = false
    if (isForgotten || (hasClosed && !one.isTold)) breakers.delete(lane)
  }
}

function isWorking({ breaker, last_answer: answer }: LaneStatus): boolean {
  return breaker === 'closed' && answer?.outcome === 'sent'
}

/** Whether it holds what it held, and would speak of the lane if it were broken: those most in trouble stand first. */
function isSteady(owner: ProcessStatus | undefined, held: string): boolean {
  if (owner === undefined || partitionsOf(owner) !== held) return false
  return owner.lanes_total <= owner.lanes.length || owner.lanes.some(({ breaker }) => breaker === 'closed')
}

function partitionsOf({ partitions }: ProcessStatus): string {
  const ours = partitions.filter(({ stage }) => stage === 'dispatch').map(({ partition }) => partition)
  return ours.sort((a, b) => a - b).join(' ')
}
