import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findJava, parseJavaMajor } from '../../src/local/java.ts'

it.each([
  ['Java 8, which called itself 1.8', 'java version "1.8.0_292"', 8],
  ['Java 11', 'openjdk version "11.0.22" 2024-01-16', 11],
  ['Java 17', 'openjdk version "17.0.15" 2025-04-15', 17],
  ['an early access build', 'openjdk version "24-ea" 2025-03-18', 24],
  ['a first release', 'openjdk version "21" 2023-09-19', 21],
  [
    'a line of JAVA_TOOL_OPTIONS before it',
    'Picked up JAVA_TOOL_OPTIONS: -Dx=1\nopenjdk version "17.0.1"',
    17,
  ],
])('reads the version of %s', (_what, printed, major) => {
  expect(parseJavaMajor(printed)).toBe(major)
})

it('knows no version in what is none', () => {
  expect(parseJavaMajor('The operation could not be completed. Unable to locate a Java Runtime.')).toBeNull()
})

describe('findJava', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bellhop-test-java-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  /** A `java` that prints this version, in a `bin` folder. */
  async function fakeJava(name: string, version: string): Promise<{ home: string; bin: string }> {
    const bin = join(folder, name, 'bin')
    await mkdir(bin, { recursive: true })
    await writeFile(join(bin, 'java'), `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`)
    await chmod(join(bin, 'java'), 0o755)
    return { home: join(folder, name), bin }
  }

  it('takes JAVA_HOME before the PATH', async () => {
    const [home, path] = [await fakeJava('home', '21.0.1'), await fakeJava('path', '17.0.1')]

    expect(await findJava({ JAVA_HOME: home.home, PATH: path.bin })).toEqual({
      kind: 'java',
      command: join(home.bin, 'java'),
      major: 21,
    })
  })

  it('takes the PATH when JAVA_HOME is too old', async () => {
    const [home, path] = [await fakeJava('home', '11.0.1'), await fakeJava('path', '17.0.1')]

    expect(await findJava({ JAVA_HOME: home.home, PATH: path.bin })).toEqual({
      kind: 'java',
      command: 'java',
      major: 17,
    })
  })

  it('says which version is too old', async () => {
    const { bin } = await fakeJava('path', '11.0.22')

    expect(await findJava({ PATH: bin })).toEqual({ kind: 'none', reason: 'java 11 found, 17 needed' })
  })

  it('says that there is none', async () => {
    expect(await findJava({ PATH: folder })).toEqual({
      kind: 'none',
      reason: 'no java found, 17 or newer needed',
    })
  })
})
