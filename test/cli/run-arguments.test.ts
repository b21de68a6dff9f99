import { join } from 'node:path'
import { expect, it } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { KAFKA, SALES, writeFiles } from '../config/load-text.ts'
import { captureIo } from './support/captured-io.ts'

it.each([
  ['a number, which Date.parse takes for July 2001', '7'],
  ['a word with a number', 'last-3'],
  ['a time without its zone', '2026-01-31T08:00:00'],
])('--start takes no time but one that says which: %s', async (_what, start) => {
  const config = join(writeFiles({ 'bellhop.yaml': `${KAFKA}${SALES}` }), 'bellhop.yaml')
  const io = captureIo()
  const ended = run({ config, start }, io)

  await expect(ended, io.err()).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(`^--start ${start}: write earliest, latest, or a time with its zone`),
  })
})
