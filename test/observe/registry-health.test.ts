import { expect, it } from 'vitest'
import { createHealth } from '../../src/observe/health.ts'
import type { Logger } from '../../src/observe/logger.ts'
import { createRegistryHealth } from '../../src/observe/registry-health.ts'

function bench() {
  const warnings: string[] = []
  const logger = { warn: (_: object, line: string) => void warnings.push(line) } as unknown as Logger
  const clock = { now: 0, nowMs: () => clock.now, monotonicMs: () => clock.now }
  const health = createHealth()
  const registry = createRegistryHealth(health.addComponent('registry'), logger, clock)
  const reason = (): string | null | undefined => health.readiness().components[0]?.reason
  return { registry, reason, health, warnings, clock }
}

it('is not ready until somebody has asked', () => {
  const { health, registry, reason } = bench()
  expect(reason()).toBe('not asked yet')
  registry.note(null)
  expect(health.readiness().ok).toBe(true)
})

it('tells the log where a registry is that does not answer, once a minute, and health only that it does not', () => {
  const { registry, reason, warnings, clock } = bench()
  const error = new Error('the schema registry at http://10.0.0.7 does not answer: ECONNREFUSED')
  for (let asked = 0; asked < 31; asked++, clock.now += 2_000) registry.away(error, 2_000)
  expect(warnings).toEqual(
    Array(2).fill(`${error.message}; bellhop starts once its own schemas are registered there`),
  )
  expect(reason()).toBe('the schema registry does not answer')
})

it('says why work waits for it, for as long as it does', () => {
  const { registry, reason } = bench()
  registry.note('events wait for schema 7, which the registry does not know yet')
  expect(reason()).toContain('schema 7')
  registry.note(null)
  expect(reason()).toBe(null)
})
