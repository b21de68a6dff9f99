/**
 * Keeps Apicurio Registry in the user's cache folder: downloaded once, with Maven, whole or not at all, as
 * kafka-jars.ts does it: unpacked in a folder beside the final one, which is renamed when it is complete.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder, type Environment } from './folders.ts'
import { REGISTRY_VERSION } from './local-registry.ts'
import { type MavenResult, runMaven } from './maven.ts'

export interface RegistryAppOptions {
  env: Environment
  /** Takes one line for a person at a time. */
  progress: (line: string) => void
  signal?: AbortSignal
}

export type RegistryApp =
  | { kind: 'app'; jar: string }
  /** `reason` is a phrase: what is missing, or what went wrong and what to do. */
  | { kind: 'none'; reason: string }

const ARTIFACT = `io.apicurio:apicurio-registry-app:${REGISTRY_VERSION}:tar.gz:all`
const ARCHIVE = `apicurio-registry-app-${REGISTRY_VERSION}-all.tar.gz`
const JAR = `apicurio-registry-app-${REGISTRY_VERSION}-runner.jar`
const DOWNLOAD = 'about 110 MB, once'
const PARTIAL_PREFIX = 'apicurio-partial-'
const ABANDONED_AFTER_MS = 3_600_000

export async function ensureRegistryApp(options: RegistryAppOptions): Promise<RegistryApp> {
  const cache = cacheFolder(options.env)
  const folder = join(cache, `apicurio-registry-${REGISTRY_VERSION}`)
  const app: RegistryApp = { kind: 'app', jar: join(folder, JAR) }
  await removeAbandoned(cache)
  if (await exists(app.jar)) return app

  await mkdir(cache, { recursive: true })
  const partial = await mkdtemp(join(cache, PARTIAL_PREFIX))
  try {
    options.progress(
      `downloading Apicurio Registry ${REGISTRY_VERSION} (${DOWNLOAD}) with Maven into ${folder} ...`,
    )
    const result = await download(partial, options)
    if (result.kind !== 'done') return { kind: 'none', reason: reasonOf(result) }
    const unpacked = await unpack(partial, options)
    if (unpacked !== null) return { kind: 'none', reason: unpacked }
    await publish(partial, folder)
    return app
  } finally {
    await rm(partial, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Once more after a failure: two Mavens at once can trip over each other's half-written files in ~/.m2. */
async function download(partial: string, options: RegistryAppOptions): Promise<MavenResult> {
  const goals = ['dependency:copy', `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${partial}`]
  const run = (): Promise<MavenResult> =>
    runMaven(goals, { ...options, folder: partial, onDownload: () => undefined })
  const first = await run()
  if (first.kind !== 'failed') return first
  options.progress('Maven failed; trying once more ...')
  return run()
}

/** Null where it went well, else why not. */
async function unpack(partial: string, { env, signal }: RegistryAppOptions): Promise<string | null> {
  const archive = join(partial, ARCHIVE)
  try {
    await promisify(execFile)('tar', ['-xzf', archive, '-C', partial], { env, ...(signal ? { signal } : {}) })
    await rm(archive)
    return null
  } catch (error) {
    signal?.throwIfAborted()
    return `tar could not unpack ${ARCHIVE}: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Renaming onto a folder that is not empty fails: another process was first, and its files are the same. */
async function publish(partial: string, folder: string): Promise<void> {
  try {
    await rename(partial, folder)
  } catch (error) {
    if (!(await exists(join(folder, JAR)))) throw error
  }
}

function reasonOf(result: Exclude<MavenResult, { kind: 'done' }>): string {
  if (result.kind === 'not_found') return 'no mvn (Maven) found on the PATH'
  const lines = result.lines.map((line) => `\n       ${line}`).join('')
  return `Maven could not download Apicurio Registry; see that mvn reaches its repository (~/.m2/settings.xml names mirrors and proxies):${lines}`
}

async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    if (!name.startsWith(PARTIAL_PREFIX)) continue
    const folder = join(cache, name)
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
