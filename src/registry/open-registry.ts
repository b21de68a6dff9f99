import type { RegistryConfig } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import { sleep } from '../system.ts'
import { RegistryStillAsked, SchemaNotYetKnown } from './registry-errors.ts'
import { createSchemaRegistry, type SchemaRegistry } from './schema-registry.ts'
import { createSchemaStore, type SchemaStore } from './schema-store.ts'

/** What a configured registry gives: what is asked of it, and what it has told. */
export interface OpenRegistry {
  registry: SchemaRegistry
  schemas: SchemaStore
}

/** Null where none is configured. Nothing is asked yet. @throws AppError config_invalid for a bad HTTPS_PROXY. */
export function openRegistry(config: RegistryConfig | null, clock: Clock): OpenRegistry | null {
  if (config === null) return null
  const registry = createSchemaRegistry(config)
  const schemas = createSchemaStore({ registry, clock, unknownWaitMs: config.unknownSchemaWaitMs })
  return { registry, schemas }
}

const ASK_EVERY_MS = 500

/**
 * For commands, which have nothing else to do while a schema may still be registered: `learn` ends with an answer for
 * each id, or with a registry that fails.
 */
export function patientSchemas(schemas: SchemaStore): SchemaStore {
  return {
    ...schemas,
    async learn(ids) {
      const wanted = [...ids]
      for (;;) {
        try {
          await schemas.learn(wanted)
          return
        } catch (error) {
          if (!(error instanceof SchemaNotYetKnown) && !(error instanceof RegistryStillAsked)) throw error
        }
        await sleep(ASK_EVERY_MS)
      }
    },
  }
}
