import type { Config } from './config/config.ts'
import { topicNames } from './core/topic-names.ts'
import { watchBroker } from './kafka/broker.ts'
import type { Admin } from './kafka/client.ts'
import type { ComponentHealth } from './observe/health.ts'
import type { Observer, StageName } from './observe/observer.ts'
import type { RegistryHealth } from './observe/registry-health.ts'
import type { SchemaStore } from './registry/schema-store.ts'
import type { Stage } from './stage.ts'

export interface StageWatchDeps {
  config: Config
  admin: Admin
  broker: ComponentHealth
  /** Null where none is configured. */
  registry: RegistryHealth | null
  components: ReadonlyMap<StageName, ComponentHealth>
  schemas: SchemaStore
  observer: Observer
}

const BROKER_CHECK_MS = 1_000
const STAGE_CHECK_MS = 500

/** Keeps lag and readiness true: the process is ready while the broker answers and every stage does its work. */
export function watchStages(stages: readonly Stage[], deps: StageWatchDeps): { stop(): Promise<void> } {
  const { config, admin, broker, components, observer, registry, schemas } = deps
  const { brokers, events, prefix } = config.kafka
  let reachable = true
  const checks = setInterval(() => {
    for (const stage of stages) {
      const trouble = stage.trouble()
      if (trouble === null) components.get(stage.name)?.ready()
      else components.get(stage.name)?.notReady(trouble)
    }
    registry?.note(schemas.trouble())
  }, STAGE_CHECK_MS)
  const watch = watchBroker({
    admin,
    topics: [...events.map(({ topic }) => topic), topicNames(prefix).dispatch],
    everyMs: BROKER_CHECK_MS,
    answered(ranges) {
      if (!reachable) observer.brokerReached({ brokers })
      reachable = true
      broker.ready()
      for (const stage of stages) stage.noteRanges(ranges)
    },
    failed(error) {
      reachable = false
      broker.notReady('the broker does not answer')
      observer.brokerUnreachable({ brokers, error, retryInMs: BROKER_CHECK_MS })
    },
  })
  return {
    stop() {
      clearInterval(checks)
      return watch.stop()
    },
  }
}
