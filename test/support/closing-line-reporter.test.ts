import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closingLine } from './closing-line-reporter.ts'
import { PROJECT_ROOT, useProcesses } from './processes.ts'

it.each([
  ['a good run', { passed: 3, failed: 0 }, 0, '3 passed, 0 failed'],
  ['a run with failures', { passed: 3, failed: 2 }, 1, '3 passed, 2 failed'],
  ['a run that failed outside of every test', { passed: 3, failed: 0 }, 1, '3 passed, 1 failed'],
  ['a run without tests', { passed: 0, failed: 0 }, 1, '0 passed, 1 failed'],
])('says how %s ended', (_what, counts, exitCode, line) => {
  expect(closingLine(counts, exitCode)).toBe(line)
})

describe('the last line of a run', () => {
  const processes = useProcesses()
  let folder: string
  // Below the checkout, where the files find vitest.
  beforeAll(async () => {
    folder = await mkdtemp(join(PROJECT_ROOT, 'node_modules', '.bellhop-test-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const IMPORT = `import { afterAll, describe, expect, it } from 'vitest'\n`
  const GOOD = `${IMPORT}it('a', () => {}); describe('d', () => { it('b', () => {}) })`

  it.each([
    ['counts tests', { 'a.test.js': GOOD, 'b.test.js': GOOD }, '4 passed, 0 failed'],
    [
      'counts everything that is broken',
      {
        'good.test.js': GOOD,
        'failing.test.js': `${IMPORT}it('f', () => expect(1).toBe(2)); it.skip('s', () => {})`,
        'not-loading.test.js': `import './nowhere.js'`,
        'hook.test.js': `${GOOD}; afterAll(() => { throw new Error('hook') })`,
        'uncaught.test.js': `${IMPORT}it('u', () => void Promise.reject(new Error('lost')))`,
      },
      '5 passed, 4 failed',
    ],
    [
      'comes after the teardown',
      { 'a.test.js': GOOD, 'setup.js': `export default () => () => console.log('torn down')` },
      '2 passed, 0 failed',
    ],
    [
      'counts a setup that fails',
      { 'a.test.js': GOOD, 'setup.js': `export default () => { throw new Error('no Kafka') }` },
      '0 passed, 1 failed',
    ],
    [
      'counts a teardown that fails',
      { 'a.test.js': GOOD, 'setup.js': `export default () => () => { throw new Error('left') }` },
      '2 passed, 1 failed',
    ],
    ['counts a run without a test as failed', { 'a.js': '' }, '0 passed, 1 failed'],
  ])('%s', { timeout: 30_000 }, async (name, files, line) => {
    const root = join(folder, name.replaceAll(' ', '-'))
    await mkdir(root)
    const config = {
      include: ['*.test.js'],
      reporters: ['default', join(PROJECT_ROOT, 'test/support/closing-line-reporter.ts')],
      globalSetup: 'setup.js' in files ? ['./setup.js'] : [],
    }
    const contents = { ...files, 'vitest.config.js': `export default { test: ${JSON.stringify(config)} }` }
    for (const [file, text] of Object.entries(contents)) await writeFile(join(root, file), text)

    const run = processes.node([join(PROJECT_ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', root])
    const { code } = await run.exited()

    expect(run.stdout.trimEnd().split('\n').at(-1)).toBe(line)
    expect(code === 0).toBe(line.endsWith(' 0 failed'))
  })
})
