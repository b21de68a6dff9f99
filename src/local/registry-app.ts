/** Keeps Apicurio Registry, unpacked, in the user's cache folder. */
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type DownloadOptions, ensureDownloaded } from './downloaded-folder.ts'
import { REGISTRY_VERSION } from './local-registry.ts'
import { runMaven } from './maven.ts'

export type RegistryApp =
  | { kind: 'app'; jar: string }
  /** `reason` is a phrase: what is missing, or what went wrong and what to do. */
  | { kind: 'none'; reason: string }

const ARTIFACT = `io.apicurio:apicurio-registry-app:${REGISTRY_VERSION}:tar.gz:all`
const ARCHIVE = `apicurio-registry-app-${REGISTRY_VERSION}-all.tar.gz`
const JAR = `apicurio-registry-app-${REGISTRY_VERSION}-runner.jar`

export async function ensureRegistryApp(options: DownloadOptions): Promise<RegistryApp> {
  const download = {
    product: 'Apicurio Registry',
    version: REGISTRY_VERSION,
    size: 'about 110 MB',
    name: `apicurio-registry-${REGISTRY_VERSION}`,
    partialPrefix: 'apicurio-partial-',
    run(partial: string) {
      const goals = ['dependency:copy', `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${partial}`]
      return runMaven(goals, { ...options, folder: partial, onDownload: () => undefined })
    },
    finish: (partial: string) => unpack(partial, options),
  }
  const downloaded = await ensureDownloaded(download, options)
  return downloaded.kind === 'folder' ? { kind: 'app', jar: join(downloaded.folder, JAR) } : downloaded
}

/** Null where it went well, else why not. */
async function unpack(partial: string, { env, signal }: DownloadOptions): Promise<string | null> {
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
