import type { CanaryConfig, Config, Destination, NotifyConfig } from './config.ts'
import { type Report, thereIsNo } from './report.ts'
import { canarySpec, notifySpec } from './spec/config-spec.ts'
import { suggestion } from './suggestion.ts'
import type { Path } from './tree.ts'
import { hasSection, readSection } from './validate.ts'

/** The destinations that the sections refer to. */
export interface SentinelSurroundings {
  /** Those in which nothing is wrong. */
  destinations: ReadonlyMap<string, Destination>
  /** All that are written down. */
  ids: readonly string[]
}

/** The sections `canary` and `notify`; null where one is not there. */
export function resolveSentinel(
  report: Report,
  known: SentinelSurroundings,
): Pick<Config, 'canary' | 'notify'> {
  return { canary: resolveCanary(report, known), notify: resolveNotify(report, known) }
}

function resolveCanary(report: Report, known: SentinelSurroundings): CanaryConfig | null {
  if (!hasSection(['canary'], report)) return null
  const written = readSection(canarySpec, ['canary'], report)
  const { destination = '' } = written
  checkDestination(written.destination, { path: ['canary', 'destination'], known }, report)
  return { destination, everyMs: written.every ?? 0 }
}

function resolveNotify(report: Report, known: SentinelSurroundings): NotifyConfig | null {
  if (!hasSection(['notify'], report)) return null
  const written = readSection(notifySpec, ['notify'], report)
  const { destination = '' } = written
  checkDestination(written.destination, { path: ['notify', 'destination'], known }, report)
  return {
    destination,
    oldestMessageMs: written.oldest_message ?? 0,
    deadLetters: written.dead_letters ?? 0,
  }
}

function checkDestination(
  id: string | undefined,
  { path, known }: { path: Path; known: SentinelSurroundings },
  report: Report,
): void {
  if (id === undefined) return
  if (!known.ids.includes(id)) {
    report.error(path, `${thereIsNo('destination', id, { report, path })}${suggestion(id, known.ids)}`)
  } else if (known.destinations.get(id)?.enabled === false) {
    report.error(path, 'this destination is disabled: enable it, or name another')
  }
}
