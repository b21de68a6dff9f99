/**
 * A schema registry for the demo and for tests, in this order: the one that BELLHOP_TEST_REGISTRY names, a container, a
 * Java process. REGISTRY_URL and the like are never looked at: someone's production may be in them.
 */
import { AppError } from '../core/errors.ts'
import { findDocker } from './docker-engine.ts'
import { startDockerRegistry } from './docker-registry.ts'
import type { Environment } from './folders.ts'
import { findJava, JAVA_NEEDED } from './java.ts'
import { startJavaRegistry } from './java-registry.ts'
import type { LocalRegistry, LocalRegistryOptions } from './local-registry.ts'
import { deleteSubjects, subjectsOf } from './registry-answers.ts'
import { ensureRegistryApp } from './registry-app.ts'

export interface FindRegistryOptions extends LocalRegistryOptions {
  /** What every subject begins with: of a registry that was named, those are deleted at the end. */
  prefix: string
  /** Left out: the environment of this process. */
  env?: Environment
}

export interface FoundRegistry {
  source: LocalRegistry['engine'] | 'BELLHOP_TEST_REGISTRY'
  /** What `registry.url` takes. */
  url: string
  /** Ends a registry that was started here; in one that was named, deletes the subjects that begin with the prefix. */
  stop(): Promise<void>
}

/** Throws AppError `no_local_registry`, with the three ways out where nothing was named. */
export async function findRegistry(options: FindRegistryOptions): Promise<FoundRegistry> {
  const env = options.env ?? process.env
  const named = env.BELLHOP_TEST_REGISTRY?.replace(/\/+$/, '')
  if (named) return namedRegistry(named, options)
  const docker = await tryDocker(env, options)
  if (typeof docker !== 'string') return found(docker)
  const java = await tryJava(env, options)
  if (typeof java !== 'string') return found(java)
  throw new AppError(
    'no_local_registry',
    `no schema registry to run against, and none can be started here. Any of these will do:
  - BELLHOP_TEST_REGISTRY=URL, a registry to use: subjects get a random prefix and are deleted afterwards (here: not set)
  - a running Docker engine (here: ${docker})
  - Java ${JAVA_NEEDED} or newer, and Maven (here: ${java})`,
  )
}

function found({ engine, url, stop }: LocalRegistry): FoundRegistry {
  return { source: engine, url, stop }
}

async function namedRegistry(url: string, { prefix, progress }: FindRegistryOptions): Promise<FoundRegistry> {
  if ((await subjectsOf(url, NAMED_TIMEOUT_MS)) === null) {
    throw new AppError(
      'no_local_registry',
      `BELLHOP_TEST_REGISTRY is ${url}, and no schema registry answers there: start it, or unset the variable`,
    )
  }
  progress(`using the schema registry at ${url}; subjects begin with ${prefix}`)
  return {
    source: 'BELLHOP_TEST_REGISTRY',
    url,
    async stop() {
      const { deleted, left } = await deleteSubjects(url, prefix)
      progress(`deleted ${deleted} subjects that begin with ${prefix}`)
      if (left.length > 0) progress(`could not delete: ${left.join(', ')}`)
    },
  }
}

const NAMED_TIMEOUT_MS = 5_000

/** A registry, or why there is none. */
async function tryDocker(env: Environment, options: FindRegistryOptions): Promise<LocalRegistry | string> {
  const docker = await findDocker(env)
  if (docker.kind === 'none') return docker.reason
  try {
    return await startDockerRegistry(options)
  } catch (error) {
    options.signal?.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    options.progress(`Docker answers, but gives no registry: ${reason}`)
    return reason
  }
}

/** A registry that was started and failed is an error, not a reason to look further. */
async function tryJava(env: Environment, options: FindRegistryOptions): Promise<LocalRegistry | string> {
  const java = await findJava(env)
  if (java.kind === 'none') return java.reason
  const app = await ensureRegistryApp({ ...options, env })
  if (app.kind === 'none') return `java ${java.major} found; ${app.reason}`
  return startJavaRegistry({ java: java.command, jar: app.jar }, options)
}
