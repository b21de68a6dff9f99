import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { findRegistry } from '../../src/local/find-registry.ts'
import { findJava } from '../../src/local/java.ts'
import { subjectsOf } from '../../src/local/registry-answers.ts'

const NO_DOCKER = 'unix:///nowhere/docker.sock'
const java = await findJava(process.env)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bellhop-test-'))
  vi.stubEnv('TMPDIR', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

it.runIf(java.kind === 'java')('serves while it is wanted, and leaves nothing behind', async () => {
  const env = { ...process.env, BELLHOP_TEST_REGISTRY: undefined, DOCKER_HOST: NO_DOCKER }
  const registry = await findRegistry({ env, prefix: 'nobody', progress: () => {} })

  expect(registry.source).toBe('java')
  expect(await subjectsOf(registry.url)).toEqual([])
  expect(readdirSync(folder)).toHaveLength(1)
  await registry.stop()
  expect(await subjectsOf(registry.url)).toBe(null)
  expect(readdirSync(folder)).toEqual([])
})
