import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findKafka } from '../../src/local/find-kafka.ts'
import { freePorts } from '../../src/local/ports.ts'
import { startLocalKafka } from '../../src/local/start-local-kafka.ts'

const NO_DOCKER = 'unix:///nowhere/docker.sock'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellhop-test-find-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('names the three ways out, and what was found of each', async () => {
  const env = { PATH: folder, DOCKER_HOST: NO_DOCKER, BELLHOP_CACHE: folder, KAFKA_BROKERS: '127.0.0.1:9092' }

  await expect(findKafka({ env, progress: () => {} })).rejects.toMatchObject({
    code: 'no_local_kafka',
    message: `no Kafka to run against, and none can be started here. Any of these will do:
  - BELLHOP_TEST_BROKERS=HOST:PORT, a broker to use: topics get a random prefix and are deleted afterwards (here: not set)
  - a running Docker engine (here: no Docker engine answers at DOCKER_HOST=${NO_DOCKER})
  - Java 17 or newer, and Maven (here: no java found, 17 or newer needed)`,
  })
})

describe('startLocalKafka', () => {
  it('names the two ways out', async () => {
    const env = { PATH: folder, DOCKER_HOST: NO_DOCKER, BELLHOP_CACHE: folder }

    await expect(startLocalKafka({ env, progress: () => {} })).rejects.toMatchObject({
      code: 'no_local_kafka',
      message: `no Kafka can be started here. Either of these will do:
  - a running Docker engine (here: no Docker engine answers at DOCKER_HOST=${NO_DOCKER})
  - Java 17 or newer, and Maven (here: no java found, 17 or newer needed)`,
    })
  })

  it.each([
    ['java is too old', '11.0.22', 'java 11 found, 17 needed'],
    ['Maven is missing', '21.0.1', 'java 21 found; no mvn (Maven) found on the PATH'],
  ])('says that %s', async (_what, version, found) => {
    await writeFile(join(folder, 'java'), `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`)
    await chmod(join(folder, 'java'), 0o755)
    const env = { PATH: folder, DOCKER_HOST: NO_DOCKER, BELLHOP_CACHE: join(folder, 'cache') }
    const starting = startLocalKafka({ env, progress: () => {}, engines: ['java'] })

    await expect(starting).rejects.toThrow(`Java 17 or newer, and Maven (here: ${found})`)
  })
})

describe('BELLHOP_TEST_BROKERS', () => {
  it('is an error when nobody answers there: nothing else is tried', async () => {
    const [port] = await freePorts(1)
    const env = { ...process.env, BELLHOP_TEST_BROKERS: `127.0.0.1:${port}` }

    await expect(findKafka({ env, progress: () => {} })).rejects.toMatchObject({
      code: 'broker_unreachable',
      message: `BELLHOP_TEST_BROKERS is 127.0.0.1:${port}, and no Kafka answers there: start it, or unset the variable`,
    })
  })

  it('is an error when it names no address', async () => {
    const env = { ...process.env, BELLHOP_TEST_BROKERS: 'localhost' }

    await expect(findKafka({ env, progress: () => {} })).rejects.toMatchObject({ code: 'broker_unreachable' })
  })
})
