/** Keeps the jars of Apache Kafka in the user's cache folder. */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DownloadOptions, ensureDownloaded } from './downloaded-folder.ts'
import { type MavenResult, runMaven } from './maven.ts'

export const KAFKA_VERSION = '4.1.1'

export type Jars =
  | { kind: 'jars'; folder: string }
  /** `reason` is a phrase: what is missing, or what went wrong and what to do. */
  | { kind: 'none'; reason: string }

const PROGRESS_EVERY_MS = 1_000

export async function ensureKafkaJars(options: DownloadOptions): Promise<Jars> {
  const download = {
    product: 'Apache Kafka',
    version: KAFKA_VERSION,
    // Maven's own plugin for it included.
    size: 'about 55 MB',
    name: `kafka-${KAFKA_VERSION}-${POM_FINGERPRINT}`,
    partialPrefix: 'kafka-partial-',
    run: (partial: string) => copyJars(partial, options),
  }
  const downloaded = await ensureDownloaded(download, options)
  return downloaded.kind === 'folder' ? { kind: 'jars', folder: join(downloaded.folder, 'libs') } : downloaded
}

async function copyJars(partial: string, options: DownloadOptions): Promise<MavenResult> {
  await writeFile(join(partial, 'pom.xml'), POM)
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
  const onDownload = (size: number): void => {
    files += 1
    bytes += size
  }
  try {
    const libs = `-DoutputDirectory=${join(partial, 'libs')}`
    const goals = ['dependency:copy-dependencies', '-DincludeScope=runtime', libs]
    return await runMaven(goals, { ...options, folder: partial, onDownload })
  } finally {
    clearInterval(timer)
  }
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
