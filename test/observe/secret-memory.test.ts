import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { createSecretMemory } from '../../src/observe/secret-memory.ts'

const secrets = (...values: string[]): Secret[] => values.map((value) => new Secret(value))

describe('the secrets of a process whose configuration changes', () => {
  it('are masked from the moment they are learnt, and those before them still are', () => {
    const memory = createSecretMemory(secrets('first-secret'))
    const { mask } = memory
    const line = '"first-secret second-secret third-secret"'
    expect(mask(line)).toBe('"<redacted> second-secret third-secret"')
    memory.learn(secrets('second-secret'))
    expect(mask(line)).toBe('"<redacted> <redacted> third-secret"')
    memory.learn(secrets('second-secret', 'third-secret'))
    expect(mask(line)).toBe('"<redacted> <redacted> <redacted>"')
  })

  it('are forgotten in the end, so that the memory is bounded', () => {
    const memory = createSecretMemory(secrets('first-secret'))
    for (let nth = 1; nth <= 9; nth += 1) memory.learn(secrets(`another-${nth}`))
    expect(memory.mask('"first-secret"')).toBe('"<redacted>"')
    memory.learn(secrets('another-10'))
    expect(memory.mask('"first-secret another-1 another-10"')).toBe('"first-secret <redacted> <redacted>"')
  })
})
