import type { Problem } from '../../config/problem.ts'
import type { EventLog } from '../event-log.ts'
import type { Metrics } from '../metrics.ts'
import type { ChangeCounts, Observer, ReloadCause, ReloadResult } from '../observer.ts'

type ReloadEvents = Pick<Observer, 'configReloading' | 'configApplied' | 'configUnchanged' | 'configWarned'>
type RefusalEvents = Pick<
  Observer,
  'configProblem' | 'configInvalid' | 'configNeedsRestart' | 'configReloadFailed'
>

/** How the configuration is read again while the process runs, as log lines and metrics. */
export function createReloadEvents(log: EventLog, metrics: Metrics): ReloadEvents & RefusalEvents {
  return { ...createSuccessEvents(log, metrics), ...createRefusalEvents(log, metrics) }
}

function createSuccessEvents(log: EventLog, metrics: Metrics): ReloadEvents {
  const succeeded = (result: ReloadResult, atMs: number): void => {
    metrics.count('configReloads', { result })
    metrics.set('configLastReloadSuccessful', {}, 1)
    metrics.set('configLastReloadSuccessTime', {}, atMs / 1000)
  }
  return {
    configReloading: ({ cause }) => log.write('info', 'configReloading', () => [RELOADING[cause], { cause }]),
    configApplied: ({ version, previous, actions, destinations, durationMs, atMs }) => {
      succeeded('applied', atMs)
      log.write('info', 'configApplied', () => [
        `the new configuration is at work: ${nameChanges(actions, destinations)}`,
        { config_version: version, previous, actions, destinations, duration_ms: durationMs },
      ])
    },
    configUnchanged: ({ version, atMs }) => {
      succeeded('unchanged', atMs)
      log.write('info', 'configUnchanged', () => [
        'the configuration is what it was: nothing to do',
        { config_version: version },
      ])
    },
    configWarned: ({ problem }) => log.write('warn', 'configWarned', () => lineOf(problem)),
  }
}

function createRefusalEvents(log: EventLog, metrics: Metrics): RefusalEvents {
  const refused = (): void => {
    metrics.count('configReloads', { result: 'refused' })
    metrics.set('configLastReloadSuccessful', {}, 0)
  }
  return {
    configProblem: ({ problem }) => log.write('error', 'configProblem', () => lineOf(problem)),
    configInvalid: ({ problems }) => {
      refused()
      log.write('error', 'configInvalid', () => [
        `the new configuration is refused, and the one before stays at work: ${problems === 1 ? '1 error' : `${problems} errors`}`,
        { problems },
      ])
    },
    configNeedsRestart: ({ options }) => {
      refused()
      log.write('error', 'configNeedsRestart', () => [
        `the new configuration is refused, and the one before stays at work: restart bellhop to change ${options.join(', ')}`,
        { options },
      ])
    },
    configReloadFailed: ({ error }) => {
      refused()
      log.write('error', 'configReloadFailed', () => [
        'the configuration could not be reloaded, and the one before stays at work',
        { error },
      ])
    },
  }
}

/** Who closes a terminal or stops a process with SIGHUP, as one can with others, is told what does it here. */
const RELOADING: Record<ReloadCause, string> = {
  signal: 'SIGHUP: reading the configuration again (SIGTERM or SIGINT stops bellhop)',
  file_change: 'a file of the configuration has changed: reading it again',
}

/** As `bellhop check` prints it. */
function lineOf({
  file,
  line,
  column,
  message,
  excerpt,
}: Problem): readonly [string, Record<string, unknown>] {
  const place = line === 0 ? file : `${file}:${line}:${column}`
  return [`${place}: ${message}`, { file, line, column, ...(excerpt === '' ? {} : { excerpt }) }]
}

function nameChanges(actions: ChangeCounts, destinations: ChangeCounts): string {
  const counts = [...Object.values(actions), ...Object.values(destinations)]
  if (counts.every((each) => each === 0)) return 'other options have changed, no action and no destination'
  return `actions ${nameCounts(actions)}; destinations ${nameCounts(destinations)}`
}

function nameCounts({ added, changed, removed }: ChangeCounts): string {
  return `${added} added, ${changed} changed, ${removed} removed`
}
