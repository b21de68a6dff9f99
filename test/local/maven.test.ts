import { expect, it } from 'vitest'
import { downloadedBytes } from '../../src/local/maven.ts'

it.each([
  [
    'megabytes',
    '[INFO] Downloaded from central: http://repo/kafka-clients.jar (9.8 MB at 5.1 MB/s)',
    9_800_000,
  ],
  ['kilobytes', '[INFO] Downloaded from central: http://repo/kafka.pom (7.9 kB at 36 kB/s)', 7_900],
  ['bytes', '[INFO] Downloaded from mirror-of-all: http://repo/x.sha1 (40 B at 200 B/s)', 40],
  [
    'a decimal comma',
    '[INFO] Downloaded from central: http://repo/kafka.jar (2,5 MB at 1,0 MB/s)',
    2_500_000,
  ],
])('reads %s', (_what, line, bytes) => {
  expect(downloadedBytes(line)).toBe(bytes)
})

it.each([
  ['a download that begins', '[INFO] Downloading from central: http://repo/kafka.jar'],
  ['anything else', '[INFO] BUILD SUCCESS'],
])('reads nothing from %s', (_what, line) => {
  expect(downloadedBytes(line)).toBeNull()
})
