import type { Config } from './config.ts'
import type { Report } from './report.ts'
import { resolveActions } from './resolve-actions.ts'
import { resolveDestinations } from './resolve-destinations.ts'
import { resolveKafka } from './resolve-kafka.ts'
import { resolveRegistry } from './resolve-registry.ts'
import { resolveSentinel } from './resolve-sentinel.ts'
import { resolveSlack } from './resolve-slack.ts'
import { generalSpec, SECTION_KEYS } from './spec/config-spec.ts'
import type { MapNode } from './tree.ts'
import { readSection } from './validate.ts'

/**
 * A configuration from its tree. Every mistake goes to the report; a configuration with one has gaps and is
 * good for nothing.
 */
export async function resolveConfig(
  report: Report,
  version: string,
  secrets: 'required' | 'optional',
): Promise<Config> {
  const general = resolveGeneral(report)
  const { kafka, maxEventBytes } = await resolveKafka(report, secrets)
  const registry = await resolveRegistry(report, secrets)
  const slack = resolveSlack(report)
  const named = await resolveDestinations(report, { slack, secrets })
  const { actions, destinations } = resolveActions(report, { slack, named, events: kafka.events })
  const all = new Map([...named.destinations, ...destinations])
  const ids = [...named.ids, ...destinations.keys()]
  return {
    version,
    kafka,
    maxEventBytes,
    registry,
    slack: slack.slack,
    destinations: all,
    actions,
    ...resolveSentinel(report, { destinations: all, ids }),
    ...general,
  }
}

/** What stands beside the sections. */
function resolveGeneral(report: Report): Pick<Config, 'integrationNames' | 'http' | 'httpToken'> {
  const entries = [...report.root.entries].filter(([key]) => !SECTION_KEYS.some((section) => section === key))
  const root: MapNode = { ...report.root, entries: new Map(entries) }
  const written = readSection(generalSpec, [], { ...report, root })
  return {
    integrationNames: written.integration_names ?? [],
    http: written.http ?? { host: '', port: 0 },
    httpToken: written.http_token ?? null,
  }
}
