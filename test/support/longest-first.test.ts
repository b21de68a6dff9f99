import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { LONG_FILES } from './longest-first.ts'
import { PROJECT_ROOT } from './processes.ts'

it.each(LONG_FILES)('%s, which is told to begin early, is there', (file) => {
  expect(existsSync(join(PROJECT_ROOT, file))).toBe(true)
})
