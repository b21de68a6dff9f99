/**
 * Keeps what Maven downloads in the user's cache folder: once, whole or not at all.
 *
 * A download goes to a folder of its own beside the final one and is renamed when it is complete. So an interrupted
 * download is never used, and of two processes that download at once the second one to finish takes what the first has
 * put there.
 */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder, type Environment } from './folders.ts'
import type { MavenResult } from './maven.ts'

export interface DownloadOptions {
  env: Environment
  /** Takes one line for a person at a time. */
  progress: (line: string) => void
  signal?: AbortSignal
}

export interface Download {
  /** As a person calls it. */
  product: string
  version: string
  /** What a first download weighs. */
  size: string
  /** Of the final folder. */
  name: string
  /** Of folders that are not complete; no other download's begin so. */
  partialPrefix: string
  /** Runs Maven once. */
  run(partial: string): Promise<MavenResult>
  /** Makes what was downloaded ready for use; gives why it could not, a phrase. */
  finish?(partial: string): Promise<string | null>
}

export type Downloaded =
  | { kind: 'folder'; folder: string }
  /** `reason` is a phrase: what is missing, or what went wrong and what to do. */
  | { kind: 'none'; reason: string }

const ABANDONED_AFTER_MS = 3_600_000

export async function ensureDownloaded(download: Download, options: DownloadOptions): Promise<Downloaded> {
  const { product, version, size, name, partialPrefix, finish } = download
  const cache = cacheFolder(options.env)
  const folder = join(cache, name)
  await removeAbandoned(cache, partialPrefix)
  if (await exists(folder)) return { kind: 'folder', folder }

  await mkdir(cache, { recursive: true })
  const partial = await mkdtemp(join(cache, partialPrefix))
  try {
    options.progress(`downloading ${product} ${version} (${size}, once) with Maven into ${folder} ...`)
    const result = await runTwice(() => download.run(partial), options)
    if (result.kind !== 'done') return { kind: 'none', reason: reasonOf(result, product) }
    const unfinished = (await finish?.(partial)) ?? null
    if (unfinished !== null) return { kind: 'none', reason: unfinished }
    await publish(partial, folder)
    return { kind: 'folder', folder }
  } finally {
    await rm(partial, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Once more after a failure: two Mavens at once can trip over each other's half-written files in ~/.m2. */
async function runTwice(run: () => Promise<MavenResult>, options: DownloadOptions): Promise<MavenResult> {
  const first = await run()
  if (first.kind !== 'failed') return first
  options.progress('Maven failed; trying once more ...')
  return run()
}

/** Renaming onto a folder that is not empty fails: another process was first, and its files are the same. */
async function publish(partial: string, folder: string): Promise<void> {
  try {
    await rename(partial, folder)
  } catch (error) {
    if (!(await exists(folder))) throw error
  }
}

function reasonOf(result: Exclude<MavenResult, { kind: 'done' }>, product: string): string {
  if (result.kind === 'not_found') return 'no mvn (Maven) found on the PATH'
  const lines = result.lines.map((line) => `\n       ${line}`).join('')
  return `Maven could not download ${product}; see that mvn reaches its repository (~/.m2/settings.xml names mirrors and proxies):${lines}`
}

async function removeAbandoned(cache: string, partialPrefix: string): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    if (!name.startsWith(partialPrefix)) continue
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
