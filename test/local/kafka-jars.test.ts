import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ensureKafkaJars } from '../../src/local/kafka-jars.ts'

/** Copies one jar to the output folder, as `mvn dependency:copy-dependencies` does. */
const GOOD_MAVEN = `for argument; do case $argument in -DoutputDirectory=*) output=\${argument#*=} ;; esac; done
mkdir -p "$output" && echo jar > "$output/kafka.jar"
echo "[INFO] Downloaded from central: kafka.jar (9.8 MB at 5.1 MB/s)"`

let folder: string
let cache: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellhop-test-jars-'))
  cache = join(folder, 'cache')
})
afterEach(() => rm(folder, { recursive: true }))

it('downloads once and finds the jars the next time', async () => {
  const options = await withMaven(GOOD_MAVEN)
  const first = await ensureKafkaJars(options)
  await rm(join(folder, 'mvn'))

  expect(first).toEqual({ kind: 'jars', folder: expect.stringMatching(/kafka-4\.1\.1-[0-9a-f]{8}\/libs$/) })
  expect(await ensureKafkaJars(options)).toEqual(first)
  expect(options.lines).toEqual([
    expect.stringMatching(
      /^downloading Apache Kafka 4\.1\.1 \(about 55 MB, once\) with Maven into .*\.\.\.$/,
    ),
  ])
})

it('leaves nothing but whole jars in the cache', async () => {
  await ensureKafkaJars(await withMaven(GOOD_MAVEN))
  const [only = '', ...others] = await readdir(cache)

  expect(others).toEqual([])
  expect((await readdir(join(cache, only, 'libs'))).toSorted()).toEqual(['kafka.jar'])
})

it('works for two processes at once, and both get the same jars', async () => {
  const options = await withMaven(`sleep 0.2; ${GOOD_MAVEN}`)
  const found = await Promise.all([
    ensureKafkaJars(options),
    ensureKafkaJars(options),
    ensureKafkaJars(options),
  ])

  expect(found[0]?.kind).toBe('jars')
  expect(found[1]).toEqual(found[0])
  expect(found[2]).toEqual(found[0])
  expect(await readdir(cache)).toHaveLength(1)
})

it('tries once more when Maven fails, since two Mavens can get into each other’s way', async () => {
  const options = await withMaven(`test -e "${folder}/failed" || { touch "${folder}/failed"; exit 1; }
${GOOD_MAVEN}`)

  expect((await ensureKafkaJars(options)).kind).toBe('jars')
  expect(options.lines).toContain('Maven failed; trying once more ...')
})

it('shows what Maven says, without its advice about switches, and keeps nothing half downloaded', async () => {
  const options = await withMaven(`mkdir -p libs; echo half > libs/kafka.jar
echo '[INFO] Scanning for projects...'
echo '[ERROR] Failed to execute goal: Could not transfer artifact org.apache.kafka:kafka_2.13: Connection refused'
echo '[ERROR]'
echo '[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch or the -X switch'
exit 1`)
  const result = await ensureKafkaJars(options)

  expect(result).toEqual({
    kind: 'none',
    reason: `Maven could not download Apache Kafka; see that mvn reaches its repository (~/.m2/settings.xml names mirrors and proxies):
       [ERROR] Failed to execute goal: Could not transfer artifact org.apache.kafka:kafka_2.13: Connection refused`,
  })
  expect(await readdir(cache)).toEqual([])
})

it('says that Maven is missing', async () => {
  const options = { env: { PATH: folder, BELLHOP_CACHE: cache }, progress: () => {} }

  expect(await ensureKafkaJars(options)).toEqual({ kind: 'none', reason: 'no mvn (Maven) found on the PATH' })
})

it('ends with the signal’s reason, leaving nothing', async () => {
  const options = await withMaven('exec sleep 30')
  const abort = new AbortController()
  const downloading = ensureKafkaJars({ ...options, signal: abort.signal })
  abort.abort(new Error('Ctrl-C'))

  await expect(downloading).rejects.toThrow('Ctrl-C')
  expect(await readdir(cache)).toEqual([])
})

it('removes what an interrupted download left an hour ago, and nothing younger', async () => {
  const [old, young] = [join(cache, 'kafka-partial-old'), join(cache, 'kafka-partial-young')]
  for (const abandoned of [old, young]) await mkdir(abandoned, { recursive: true })
  const twoHoursAgo = Date.now() / 1_000 - 7_200
  await utimes(old, twoHoursAgo, twoHoursAgo)
  const options = await withMaven(GOOD_MAVEN)
  await ensureKafkaJars(options)

  await expect(stat(old)).rejects.toThrow('ENOENT')
  expect((await stat(young)).isDirectory()).toBe(true)
})

/** Puts a shell script on the PATH as `mvn`; `lines` collects the progress. */
async function withMaven(script: string) {
  await writeFile(join(folder, 'mvn'), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, 'mvn'), 0o755)
  const lines: string[] = []
  return {
    env: { PATH: `${folder}:${process.env.PATH}`, BELLHOP_CACHE: cache },
    progress: (line: string) => void lines.push(line),
    lines,
  }
}
