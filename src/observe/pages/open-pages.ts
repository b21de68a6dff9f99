import { secretsOf } from '../../config/secrets.ts'
import type { Clock } from '../../core/clock.ts'
import { topicNames } from '../../core/topic-names.ts'
import type { Kafka } from '../../kafka/client.ts'
import { createReadingCodecs } from '../../kafka/record-codec-open.ts'
import type { OpenRegistry } from '../../registry/open-registry.ts'
import { NO_SCHEMAS } from '../../registry/schema-store.ts'
import type { LiveConfig } from '../../reload/live-config.ts'
import { createExplainer } from '../explain/create-explainer.ts'
import type { Logger } from '../logger.ts'
import { createSecretMask } from '../mask-secrets.ts'
import { createOverviewFeed } from '../overview/feed.ts'
import type { PagesOptions } from './pages.ts'

export interface OpenPagesDeps {
  kafka: Kafka
  /** Null where none is configured. */
  registry: OpenRegistry | null
  live: LiveConfig
  logger: Logger
  clock: Clock
  /** What commands that the pages name are to be given as `-c`; left out: nothing. */
  configPath?: string | null
}

/** How far back a messageId is looked for by the page, where nobody says since when. */
const SINCE_MS = 24 * 3_600_000

/** What the status page shows, read from the topics once somebody looks. */
export function openPages(deps: OpenPagesDeps): { pages: PagesOptions; close(): Promise<void> } {
  const { kafka, registry, live, logger, clock, configPath = null } = deps
  const sources = {
    kafka,
    topics: topicNames(live.current.kafka.prefix),
    codecs: createReadingCodecs(registry),
    config: () => live.current,
    configPath,
    clock,
  }
  const overview = createOverviewFeed({
    ...sources,
    failed: (error) => logger.error({ error }, 'the overview could not be made'),
  })
  const explainer = createExplainer({
    ...sources,
    schemas: registry?.schemas ?? NO_SCHEMAS,
    mask: (json) => createSecretMask(secretsOf(live.current))(json),
  })
  return {
    pages: {
      overview,
      explain: (id, signal) => explainer.explain(id, { sinceMs: clock.nowMs() - SINCE_MS, signal }),
      token: () => live.current.httpToken,
    },
    async close() {
      await Promise.all([overview.close(), explainer.close()])
    },
  }
}
