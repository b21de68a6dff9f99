import { expect, it } from 'vitest'
import { status } from '../../../src/cli/status.ts'
import { captureIo } from '../support/captured-io.ts'

it.each([
  ['is not for people', { live: true }],
  ['contradicts --once', { live: true, json: true, once: true }],
])('--live %s', async (_, options) => {
  const io = { ...captureIo(), stdin: process.stdin }
  await expect(status(options, io)).rejects.toMatchObject({ code: 'usage' })
})

it('says what is wrong with its configuration', async () => {
  const io = { ...captureIo(), stdin: process.stdin }
  expect(await status({ config: '/nowhere/bellhop.yaml' }, io)).toBe(2)
  expect(io.err()).toContain('/nowhere/bellhop.yaml')
})
