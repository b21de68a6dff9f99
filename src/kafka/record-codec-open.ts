import { AppError } from '../core/errors.ts'
import type { TopicNames } from '../core/topic-names.ts'
import type { OpenRegistry } from '../registry/open-registry.ts'
import { SchemaRefused } from '../registry/registry-errors.ts'
import type { SchemaRegistry } from '../registry/schema-registry.ts'
import { createRecordCodecs, type OwnSchemaIds, type RecordCodecs } from './record-codec.ts'
import { type OwnRecords, ownSchemaText } from './record-codec-schemas.ts'

/** Codecs that read both forms, and write JSON: for those who write nothing. */
export function createReadingCodecs(registry: OpenRegistry | null): RecordCodecs {
  return createRecordCodecs({ schemas: registry?.schemas ?? null, ids: null })
}

/**
 * Codecs that read both forms, and write Avro where there is a registry. Our schemas are registered first; what is
 * registered already stays as it is.
 *
 * @throws RegistryUnavailable
 * @throws {AppError} schema_refused where a subject's compatibility does not let our schema in.
 */
export async function openRecordCodecs(
  registry: OpenRegistry | null,
  topics: Omit<TopicNames, 'matchGroup' | 'dispatchGroup'>,
): Promise<RecordCodecs> {
  if (registry === null) return createReadingCodecs(null)
  const register = (topic: string, name: keyof OwnRecords): Promise<number> =>
    registerOwn(registry.registry, { topic, name })
  const ids: OwnSchemaIds = {
    dispatch: await register(topics.dispatch, 'dispatch'),
    receipt: await register(topics.receipts, 'receipt'),
    deadLetter: await register(topics.deadLetters, 'deadLetter'),
    control: await register(topics.controls, 'control'),
    status: await register(topics.status, 'status'),
  }
  return createRecordCodecs({ schemas: registry.schemas, ids })
}

/** Confluent's TopicNameStrategy: what its other clients look for. */
export function subjectOf(topic: string): string {
  return `${topic}-value`
}

async function registerOwn(
  registry: SchemaRegistry,
  { topic, name }: { topic: string; name: keyof OwnRecords },
): Promise<number> {
  try {
    return await registry.register(subjectOf(topic), ownSchemaText(name))
  } catch (error) {
    if (!(error instanceof SchemaRefused)) throw error
    throw new AppError(
      'schema_refused',
      `${error.message}. bellhop writes ${topic} with the schema in schemas/, which does not fit what is registered ` +
        `under ${error.subject}: a newer bellhop's, or somebody else's. Start the newer bellhop, choose another ` +
        'kafka.prefix, or let the registry take it (set the compatibility of the subject to NONE).',
      { cause: error },
    )
  }
}
