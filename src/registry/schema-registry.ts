import avro, { type Type } from 'avsc'
import type { Dispatcher } from 'undici'
import type { RegistryConfig } from '../config/config.ts'
import { createDispatchers } from '../slack/dispatchers.ts'
import { AVRO_OPTIONS } from './avro-types.ts'
import { askRegistry, type Ending, isNotFound, type Question, refusalOf, unavailable } from './exchange.ts'
import { SchemaRefused } from './registry-errors.ts'

/** A registry's questions and answers: nothing is remembered here, and nothing is asked twice. */
export interface SchemaRegistry {
  /**
   * The type of a schema, which reads what was written under its id; null where the registry does not know the id;
   * `unusable` where what it has is no Avro schema that can be read.
   *
   * @throws RegistryUnavailable
   */
  schema(id: number): Promise<Type | 'unusable' | null>
  /**
   * Registers an Avro schema (JSON text) under a subject, and gives its id; what is registered already keeps its id.
   * The compatibility that holds for the subject is the registry's own, and is not changed.
   *
   * @throws RegistryUnavailable
   * @throws SchemaRefused where it is not compatible with what is registered
   */
  register(subject: string, schemaJson: string): Promise<number>
  /** Ends its connections. */
  close(): Promise<void>
}

/** Loaded when first needed: it takes a tenth of a second, and most bellhops have no registry. */
type Library = typeof import('@kafkajs/confluent-schema-registry')
type LibraryClient = InstanceType<Library['SchemaRegistry']>
type Middleware = NonNullable<ConstructorParameters<Library['SchemaRegistry']>[0]['middlewares']>[number]
type ResponseStep = NonNullable<ReturnType<Middleware>['response']>
type LibraryRequest = Parameters<ResponseStep>[2]
type LibraryResponse = Awaited<ReturnType<ResponseStep>>

/** @throws AppError config_invalid where HTTP_PROXY or HTTPS_PROXY is no URL. */
export function createSchemaRegistry(config: RegistryConfig): SchemaRegistry {
  const { ca, timeoutMs } = config
  const dispatchers = createDispatchers(timeoutMs)
  const dispatcher = dispatchers.for(
    ca === null ? null : { ca, cert: null, key: null, insecureSkipVerify: false },
  )
  const ask = <T>(work: Work<T>) => operate({ config, dispatcher }, work)
  return {
    async schema(id) {
      const { value, ending } = await ask((client) => client.getSchema(id))
      if (avro.Type.isType(value)) return value as Type
      if (isNotFound(ending)) return null
      if (holdsSchema(ending)) return 'unusable'
      throw unavailable(ending, config)
    },

    async register(subject, schemaJson) {
      const { value, ending } = await ask((client, library) =>
        register(client, library, { subject, schemaJson }),
      )
      if (value !== undefined) return value
      const refusal = refusalOf(ending)
      if (refusal === null) throw unavailable(ending, config)
      throw new SchemaRefused(subject, `the schema registry refuses the schema of ${subject}: ${refusal}`)
    },

    close: () => dispatchers.destroy(),
  }
}

/** Whether the library had a schema before it, and could make nothing of it. */
function holdsSchema(ending: Ending): boolean {
  return ending.kind === 'answered' && ending.status === 200 && typeof ending.body?.schema === 'string'
}

type Work<T> = (client: LibraryClient, library: Library) => Promise<T>

interface Access {
  config: RegistryConfig
  dispatcher: Dispatcher
}

/**
 * One operation of the library; `value` is undefined where it failed, and `ending` says how its last request did.
 *
 * The library has a client of its own each time, since it would wait for ever for an answer that once broke off, and
 * its HTTP is done here: its own knows no proxy, has no deadline, and gives a refused connection as status 400.
 */
async function operate<T>(
  { config, dispatcher }: Access,
  work: Work<T>,
): Promise<{ value: T | undefined; ending: Ending }> {
  const library = await import('@kafkajs/confluent-schema-registry')
  let ending: Ending = { kind: 'failed', reason: 'nothing was asked' }
  const transport: Middleware = () => ({
    async response(_next, _renew, request) {
      ending = await askRegistry(questionOf(request), config, dispatcher)
      return toLibrary(ending)
    },
  })
  const client = new library.SchemaRegistry(
    { host: config.url, retry: { retries: 0 }, middlewares: [transport] },
    { [library.SchemaType.AVRO]: { ...AVRO_OPTIONS } },
  )
  try {
    return { value: await work(client, library), ending }
  } catch {
    return { value: undefined, ending }
  }
}

function questionOf(request: LibraryRequest): Question {
  const headers = Object.entries(request.headers()).map(([name, value]) => [name, String(value)])
  const body: unknown = request.body()
  return {
    method: request.method().toUpperCase(),
    url: request.url(),
    headers: Object.fromEntries(headers),
    body: typeof body === 'string' ? body : null,
  }
}

/** What the library looks at of an answer: its data, or the status of what it throws. */
function toLibrary(ending: Ending): LibraryResponse {
  if (ending.kind === 'answered' && ending.status === 200 && ending.body !== null) {
    const { body } = ending
    return { data: () => body } as unknown as LibraryResponse
  }
  const status = ending.kind === 'answered' ? ending.status : 0
  throw Object.assign(new Error(`status ${status}`), { status })
}

interface Registration {
  subject: string
  schemaJson: string
}

/** The library insists on being told the compatibility that holds for the subject. */
async function register(
  client: LibraryClient,
  { COMPATIBILITY, SchemaType }: Library,
  { subject, schemaJson }: Registration,
): Promise<number> {
  const schema = { type: SchemaType.AVRO, schema: schemaJson } as const
  for (const compatibility of Object.values(COMPATIBILITY)) {
    try {
      const { id } = await client.register(schema, { subject, compatibility, updateConfig: false })
      return id
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ConfluentSchemaRegistryCompatibilityError') throw error
    }
  }
  throw new Error(`${subject} has a compatibility that is not known here`)
}
