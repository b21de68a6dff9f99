import { format, inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/core/secret.ts'

const marker = 'xoxb-marker-1234'
const secret = new Secret(marker)

describe('a secret', () => {
  it.each([
    ['as a string', () => String(secret)],
    ['in a template', () => `${secret}`],
    ['joined to text', () => `token ${[secret, 1].join(' ')}`],
    ['as JSON', () => JSON.stringify({ secret })],
    ['inspected', () => inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
    [
      'inspected without custom inspection',
      () => inspect(secret, { customInspect: false, showHidden: true }),
    ],
    ['formatted with %s', () => format('%s', secret)],
    ['formatted with %o', () => format('%o', secret)],
    ['formatted with %j', () => format('%j', secret)],
    ['as the cause of an error', () => inspect(new Error('failed', { cause: secret }))],
    ['inside the cause of an error', () => inspect(new Error('failed', { cause: { secret } }))],
    ['with all its keys', () => JSON.stringify(Object.entries(secret)) + Reflect.ownKeys(secret).join()],
    ['cloned', () => inspect(structuredClone({ secret }))],
  ])('does not show %s', (_, print) => {
    expect(print()).not.toContain(marker)
  })

  it.each([
    ['as a string', () => String(secret)],
    ['as JSON', () => JSON.parse(JSON.stringify(secret))],
    ['inspected', () => inspect(secret)],
    [
      'as the cause of an error',
      () => /<redacted>/.exec(inspect(new Error('failed', { cause: secret })))?.[0],
    ],
  ])('prints <redacted> %s', (_, print) => {
    expect(print()).toBe('<redacted>')
  })

  it('is told to who asks for it', () => {
    expect(secret.reveal()).toBe(marker)
  })
})
