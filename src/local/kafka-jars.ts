/**
 * Keeps the jars of Apache Kafka in the user's cache folder: downloaded once, with Maven, whole or not at all.
 *
 * A download goes to a folder of its own beside the final one and is renamed when it is complete. So an
 * interrupted download is never used, and of two processes that download at once the second one to finish
 * takes what the first has put there.
 */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder, type Environment } from './folders.ts'
import { type MavenResult, runMaven } from './maven.ts'

export const KAFKA_VERSION = '4.1.1'

export interface JarsOptions {
  env: Environment
  /** Takes one line for a person at a time. */
  progress: (line: string) => void
  signal?: AbortSignal
}

export type Jars =
  | { kind: 'jars'; folder: string }
  /** `reason` is a phrase: what is missing, or what went wrong and what to do. */
  | { kind: 'none'; reason: string }

/** What a first download weighs, Maven's own plugin for it included. */
const DOWNLOAD = 'about 55 MB, once'
const PARTIAL_PREFIX = 'kafka-partial-'
const PROGRESS_EVERY_MS = 1_000
const ABANDONED_AFTER_MS = 3_600_000

export async function ensureKafkaJars(options: JarsOptions): Promise<Jars> {
  const cache = cacheFolder(options.env)
  const folder = join(cache, `kafka-${KAFKA_VERSION}-${POM_FINGERPRINT}`)
  await removeAbandoned(cache)
  if (await exists(folder)) return { kind: 'jars', folder: join(folder, 'libs') }

  await mkdir(cache, { recursive: true })
  const partial = await mkdtemp(join(cache, PARTIAL_PREFIX))
  try {
    options.progress(`downloading Apache Kafka ${KAFKA_VERSION} (${DOWNLOAD}) with Maven into ${folder} ...`)
    const result = await download(partial, options)
    if (result.kind !== 'done') return { kind: 'none', reason: reasonOf(result) }
    await publish(partial, folder)
    return { kind: 'jars', folder: join(folder, 'libs') }
  } finally {
    await rm(partial, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Once more after a failure: two Mavens at once can trip over each other's half-written files in ~/.m2. */
async function download(partial: string, options: JarsOptions): Promise<MavenResult> {
  await writeFile(join(partial, 'pom.xml'), POM)
  const first = await runDownload(partial, options)
  if (first.kind !== 'failed') return first
  options.progress('Maven failed; trying once more ...')
  return runDownload(partial, options)
}

async function runDownload(partial: string, options: JarsOptions): Promise<MavenResult> {
  const startedMs = performance.now()
  let files = 0
  let bytes = 0
  let shownFiles = 0
  const timer = setInterval(() => {
    if (files === shownFiles) return
    shownFiles = files
    const seconds = Math.round((performance.now() - startedMs) / 1_000)
    options.progress(`  ${files} files, ${(bytes / 1e6).toFixed(0)} MB after ${seconds} s`)
  }, PROGRESS_EVERY_MS)
  try {
    return await runMaven(
      [
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${join(partial, 'libs')}`,
      ],
      {
        ...options,
        folder: partial,
        onDownload: (size) => {
          files += 1
          bytes += size
        },
      },
    )
  } finally {
    clearInterval(timer)
  }
}

/** Renaming onto a folder that is not empty fails: another process was first, and its jars are the same. */
async function publish(partial: string, folder: string): Promise<void> {
  try {
    await rename(partial, folder)
  } catch (error) {
    if (!(await exists(folder))) throw error
  }
}

function reasonOf(result: Exclude<MavenResult, { kind: 'done' }>): string {
  if (result.kind === 'not_found') return 'no mvn (Maven) found on the PATH'
  const lines = result.lines.map((line) => `\n       ${line}`).join('')
  return `Maven could not download Apache Kafka; see that mvn reaches its repository (~/.m2/settings.xml names mirrors and proxies):${lines}`
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

/** slf4j-simple writes the broker's log: without a provider Kafka says nothing at all. */
const POM = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>bellhop</groupId>
  <artifactId>local-kafka</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`

/** Another set of jars gets another folder. */
const POM_FINGERPRINT = createHash('sha256').update(POM).digest('hex').slice(0, 8)
