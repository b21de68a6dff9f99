import type { Type } from 'avsc'
import type { Clock } from '../core/clock.ts'
import { settledWithin } from '../system.ts'
import { RegistryStillAsked, RegistryUnavailable, SchemaNotYetKnown } from './registry-errors.ts'
import type { SchemaRegistry } from './schema-registry.ts'

/** What the registry has told about schema ids so far. */
export interface KnownSchemas {
  /**
   * The type that reads what was written under the id; `unknown` where the registry does not know it, `unusable`
   * where what it has is no Avro schema that can be read; undefined where `learn` has to be called first.
   */
  get(id: number): Type | 'unknown' | 'unusable' | undefined
}

/** Schemas by id, learnt from the registry when they are first met. */
export interface SchemaStore extends KnownSchemas {
  /**
   * Asks for schemas that are not known. Resolves when `get` answers for each; an id that the registry does not
   * know is asked for again until it has been unknown for a while, and only then answered with `unknown`.
   *
   * @throws RegistryUnavailable where the registry cannot be reached or fails: pause and try again.
   * @throws SchemaNotYetKnown where an id may still be registered: likewise.
   */
  learn(ids: Iterable<number>): Promise<void>
  /** Why events wait for the registry; null where they do not. */
  trouble(): string | null
}

/** Where no registry is configured. */
export const NO_SCHEMAS: SchemaStore = {
  get: () => 'unknown',
  learn: async () => undefined,
  trouble: () => null,
}

export interface SchemaStoreDeps {
  registry: SchemaRegistry
  clock: Clock
  /** How long an id has to be unknown before it is given up. */
  unknownWaitMs: number
}

/** Nothing may block a batch for longer: the group wants to hear of us, and other partitions wait their turn. */
const LEARN_WITHIN_MS = 2_000
/** Where the last answer was a failure: enough for a registry that is back. */
const LEARN_AGAIN_WITHIN_MS = 300
const QUESTIONS_AT_ONCE = 16
/** Partitions that wait for the same answer ask for it together. */
const LEAST_BETWEEN_QUESTIONS_MS = 500
/** Somebody may register an id that was given up. */
const ASK_AGAIN_MS = 30_000
/** Longer than the longest pause of a partition that tries again. */
const TROUBLE_LASTS_MS = 30_000
const MOST_UNKNOWN = 100_000

/** Times are the monotonic clock's. */
interface UnknownId {
  sinceMs: number
  askedMs: number
}

/**
 * A schema never changes under its id, so it is kept for good. What is unknown is asked for again, at most twice a
 * second; while the registry fails, one question at a time finds out whether it still does.
 */
export function createSchemaStore(deps: SchemaStoreDeps): SchemaStore {
  const store = new Store(deps)
  return {
    get: (id) => store.get(id),
    learn: (ids) => store.learn([...ids]),
    trouble: () => store.trouble(),
  }
}

class Store {
  readonly #deps: SchemaStoreDeps
  readonly #known = new Map<number, Type | 'unusable'>()
  readonly #unknown = new Map<number, UnknownId>()
  /** Asked or to be asked; each promise resolves however that ends. */
  readonly #asked = new Map<number, PromiseWithResolvers<void>>()
  readonly #queue = new Set<number>()
  #running = 0
  #failure: { error: RegistryUnavailable; atMs: number } | null = null
  #waitingFor: { id: number; atMs: number } | null = null

  constructor(deps: SchemaStoreDeps) {
    this.#deps = deps
  }

  get(id: number): Type | 'unknown' | 'unusable' | undefined {
    const known = this.#known.get(id)
    if (known !== undefined) return known
    const unknown = this.#unknown.get(id)
    if (unknown === undefined) return undefined
    const isGivenUp = unknown.askedMs - unknown.sinceMs >= this.#deps.unknownWaitMs
    return isGivenUp && this.#nowMs() - unknown.askedMs < ASK_AGAIN_MS ? 'unknown' : undefined
  }

  async learn(ids: readonly number[]): Promise<void> {
    const missing = ids.filter((id) => this.get(id) === undefined)
    if (missing.length === 0) return
    const failure = this.#failure
    if (failure !== null && this.#nowMs() - failure.atMs < LEAST_BETWEEN_QUESTIONS_MS) throw failure.error
    const withinMs = failure === null ? LEARN_WITHIN_MS : LEARN_AGAIN_WITHIN_MS
    await settledWithin(Promise.all(missing.map((id) => this.#ask(id))), withinMs)
    const left = missing.find((id) => this.get(id) === undefined)
    if (left === undefined) return
    if (this.#failure !== null) throw this.#failure.error
    if (this.#asked.has(left)) throw new RegistryStillAsked()
    this.#waitingFor = { id: left, atMs: this.#nowMs() }
    throw new SchemaNotYetKnown(left, this.#deps.unknownWaitMs)
  }

  trouble(): string | null {
    const [nowMs, failure, waiting] = [this.#nowMs(), this.#failure, this.#waitingFor]
    if (failure !== null && nowMs - failure.atMs < TROUBLE_LASTS_MS)
      return 'the schema registry does not answer'
    if (waiting === null || nowMs - waiting.atMs >= TROUBLE_LASTS_MS) return null
    if (this.get(waiting.id) !== undefined) return null
    return `events wait for schema ${waiting.id}, which the registry does not know yet`
  }

  #nowMs(): number {
    return this.#deps.clock.monotonicMs()
  }

  /** Resolves when there is an answer, or none to be had now. */
  async #ask(id: number): Promise<void> {
    const unknown = this.#unknown.get(id)
    if (unknown !== undefined && this.#nowMs() - unknown.askedMs < LEAST_BETWEEN_QUESTIONS_MS) return
    const asked = this.#asked.get(id) ?? Promise.withResolvers<void>()
    if (!this.#asked.has(id)) {
      this.#asked.set(id, asked)
      this.#queue.add(id)
      this.#askNext()
    }
    await asked.promise
  }

  #askNext(): void {
    const mostAtOnce = this.#failure === null ? QUESTIONS_AT_ONCE : 1
    for (const id of this.#queue) {
      if (this.#running >= mostAtOnce) return
      this.#queue.delete(id)
      this.#running += 1
      void this.#put(id).finally(() => {
        this.#running -= 1
        this.#askNext()
      })
    }
  }

  async #put(id: number): Promise<void> {
    try {
      this.#note(id, await this.#deps.registry.schema(id))
      this.#failure = null
    } catch (error) {
      this.#failure = { error: asUnavailable(error), atMs: this.#nowMs() }
      this.#dropQueue()
    }
    this.#settle(id)
  }

  #note(id: number, found: Type | 'unusable' | null): void {
    const nowMs = this.#nowMs()
    if (found !== null) {
      this.#known.set(id, found)
      this.#unknown.delete(id)
      return
    }
    this.#unknown.set(id, { sinceMs: this.#unknown.get(id)?.sinceMs ?? nowMs, askedMs: nowMs })
    if (this.#unknown.size <= MOST_UNKNOWN) return
    for (const [old, { askedMs }] of this.#unknown)
      if (nowMs - askedMs >= ASK_AGAIN_MS) this.#unknown.delete(old)
  }

  /** Whoever waits for them tries again later. */
  #dropQueue(): void {
    const dropped = [...this.#queue]
    this.#queue.clear()
    for (const id of dropped) this.#settle(id)
  }

  #settle(id: number): void {
    this.#asked.get(id)?.resolve()
    this.#asked.delete(id)
  }
}

function asUnavailable(error: unknown): RegistryUnavailable {
  if (error instanceof RegistryUnavailable) return error
  return new RegistryUnavailable(`the schema registry cannot be used: ${String(error)}`)
}
