import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findRegistry } from '../../src/local/find-registry.ts'
import { freePorts } from '../../src/local/ports.ts'

const NO_DOCKER = 'unix:///nowhere/docker.sock'
const options = { prefix: 'nobody', progress: () => {} }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellhop-test-find-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, name), 0o755)
}

it('names the three ways out, and what was found of each', async () => {
  const env = {
    PATH: folder,
    DOCKER_HOST: NO_DOCKER,
    BELLHOP_CACHE: folder,
    REGISTRY_URL: 'http://127.0.0.1:1',
  }

  await expect(findRegistry({ ...options, env })).rejects.toMatchObject({
    code: 'no_local_registry',
    message: `no schema registry to run against, and none can be started here. Any of these will do:
  - BELLHOP_TEST_REGISTRY=URL, a registry to use: subjects get a random prefix and are deleted afterwards (here: not set)
  - a running Docker engine (here: no Docker engine answers at DOCKER_HOST=${NO_DOCKER})
  - Java 17 or newer, and Maven (here: no java found, 17 or newer needed)`,
  })
})

it('is an error when nobody answers at BELLHOP_TEST_REGISTRY: nothing else is tried', async () => {
  const [port] = await freePorts(1)
  const env = { ...process.env, BELLHOP_TEST_REGISTRY: `http://127.0.0.1:${port}/` }

  await expect(findRegistry({ ...options, env })).rejects.toThrow(
    `BELLHOP_TEST_REGISTRY is http://127.0.0.1:${port}, and no schema registry answers there`,
  )
})

describe('a download', () => {
  const java = `echo 'openjdk version "21.0.1"' >&2`
  const env = () => ({
    PATH: `${folder}:/usr/bin:/bin`,
    DOCKER_HOST: NO_DOCKER,
    BELLHOP_CACHE: join(folder, 'cache'),
  })

  it('that fails says what Maven said, and is tried twice', async () => {
    await program('java', java)
    await program('mvn', `echo x >> ${folder}/runs; echo '[ERROR] no such artifact'; exit 1`)

    await expect(findRegistry({ ...options, env: env() })).rejects.toThrow(
      /java 21 found; Maven could not download Apicurio Registry; .*\n\s+\[ERROR\] no such artifact/,
    )
    expect(await readFile(join(folder, 'runs'), 'utf8')).toBe('x\nx\n')
  })

  it('that is no archive is an error, and leaves nothing in the cache', async () => {
    await program('java', java)
    await program(
      'mvn',
      'for a in "$@"; do case $a in -DoutputDirectory=*) echo no > "${a#*=}/apicurio-registry-app-3.0.9-all.tar.gz";; esac; done',
    )

    await expect(findRegistry({ ...options, env: env() })).rejects.toThrow('tar could not unpack')
    expect(await readdir(join(folder, 'cache'))).toEqual([])
  })
})
