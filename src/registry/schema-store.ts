import type { Type } from 'avsc'

/** What the registry has told about schema ids so far. */
export interface KnownSchemas {
  /** The type that reads what was written under the id; `unknown` where the registry does not know it. */
  get(id: number): Type | 'unknown' | undefined
}

/** Schemas by id, learnt from the registry when they are first met. */
export interface SchemaStore extends KnownSchemas {
  /**
   * Asks for schemas that are not known. Resolves when `get` answers for each; an id that the registry does not
   * know is asked for again until it has been unknown for a while, and only then answered with `unknown`.
   *
   * @throws RegistryUnavailable where the registry cannot be reached or fails: pause and try again.
   */
  learn(ids: Iterable<number>): Promise<void>
}

/** Where no registry is configured. */
export const NO_SCHEMAS: SchemaStore = {
  get: () => 'unknown',
  learn: async () => undefined,
}
