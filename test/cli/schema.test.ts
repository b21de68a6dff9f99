import { expect, it } from 'vitest'
import { configurationSchema } from '../../src/author/json-schema.ts'
import { schema } from '../../src/cli/schema.ts'
import { captureIo } from './support/captured-io.ts'

it('prints the schema as JSON, and nothing else', async () => {
  const io = captureIo()
  expect(await schema(io)).toBe(0)
  expect(JSON.parse(io.out())).toEqual(configurationSchema())
  expect(io.out()).toMatch(/^\{\n {2}"\$schema"/)
  expect(io.err()).toBe('')
})
