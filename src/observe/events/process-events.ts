import type { EventLog } from '../event-log.ts'
import type { Observer } from '../observer.ts'
import { formatDuration } from '../wording.ts'

type ProcessEvents = Pick<Observer, 'destinationInsecure' | 'started' | 'stopping' | 'stopped'>

/** The process's own start and end, as log lines. */
export function createProcessEvents(log: EventLog): ProcessEvents {
  return {
    destinationInsecure: ({ destination }) =>
      log.write('warn', 'destinationInsecure', () => [
        `${destination} takes any certificate (insecure_skip_verify): whoever stands in between can read its messages and its secret`,
        { destination },
      ]),
    started: ({ stages, configVersion, http }) =>
      log.write('info', 'started', () => [
        `bellhop started: ${stages.join(' and ')}${http === null ? '' : `, health and metrics on ${http}`}`,
        { stages, config_version: configVersion, http },
      ]),
    stopping: ({ signal }) =>
      log.write('info', 'stopping', () => [
        `stopping${signal === null ? '' : ` on ${signal}`}: posts in flight are finished first`,
        { signal },
      ]),
    stopped: ({ durationMs }) =>
      log.write('info', 'stopped', () => [
        `stopped after ${formatDuration(durationMs)}`,
        { duration_ms: durationMs },
      ]),
  }
}
