import type { Clock } from '../../core/clock.ts'
import type { ProcessStatus } from '../../core/records.ts'
import type { Observer, ReloadResult } from '../observer.ts'
import { formatCount } from '../wording.ts'

/** What a process's status tells of what has happened since its start. */
export interface StatusMemory {
  deadLetters(): number
  reload(): ProcessStatus['reload']
}

/** Keeps, on its way, what the status tells; everything goes on to the observer itself. */
export function rememberForStatus(
  observer: Observer,
  clock: Pick<Clock, 'nowMs'>,
): { observer: Observer; memory: StatusMemory } {
  let deadLetters = 0
  let reload: ProcessStatus['reload'] = null
  const reloaded = (result: ReloadResult, detail: string | null): void => {
    reload = { at: Math.round(clock.nowMs()), result, detail }
  }
  const remembering: Observer = {
    ...observer,
    eventDeadLettered(event) {
      deadLetters += 1
      observer.eventDeadLettered(event)
    },
    messageDeadLettered(event) {
      deadLetters += 1
      observer.messageDeadLettered(event)
    },
    configApplied(event) {
      reloaded('applied', null)
      observer.configApplied(event)
    },
    configUnchanged(event) {
      reloaded('unchanged', null)
      observer.configUnchanged(event)
    },
    configInvalid(event) {
      reloaded('refused', formatCount(event.problems, 'error'))
      observer.configInvalid(event)
    },
    configNeedsRestart(event) {
      reloaded('refused', `needs a restart: ${event.options.join(', ')}`)
      observer.configNeedsRestart(event)
    },
    configReloadFailed(event) {
      reloaded('refused', 'could not be read: its log says why')
      observer.configReloadFailed(event)
    },
  }
  return { observer: remembering, memory: { deadLetters: () => deadLetters, reload: () => reload } }
}
