import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFingerprint } from '../../src/reload/config-fingerprint.ts'
import { ConfigWatch } from '../../src/reload/config-watch.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellhop-watch-'))
})
afterEach(() => rm(folder, { recursive: true }))

const at = (...names: string[]): string => join(folder, ...names)
const ACTION = 'actions: [{ id: a, trigger: type = "track", destination: sales, message: hello }]'
const withSales = (lines: string): string => `destinations:\n  sales:\n${lines}\n${ACTION}\n`

async function watching(path: string, env: Record<string, string> = {}) {
  const watch = await ConfigWatch.begin(createFingerprint(path, env))
  /** Whether a change was told, and after how many looks; 0 where there was none. */
  const looksUntilTold = async (): Promise<number> => {
    for (let looks = 1; looks <= 4; looks += 1) if (await watch.look()) return looks
    return 0
  }
  return { watch, looksUntilTold }
}

describe('a change is noticed', () => {
  const file = withSales(
    '    webhook_url: ${file:secrets/url}\n    tls: { ca: ca.pem, cert: "${PEMS}/cert.pem", key: key.pem }',
  )

  it.each<[string, () => Promise<unknown>]>([
    ['in the file itself', () => writeFile(at('bellhop.yaml'), `${file}# more`)],
    ['of the same length', () => writeFile(at('bellhop.yaml'), file.replace('hello', 'hullo'))],
    [
      'by a rename, as editors do',
      () => writeFile(at('.new'), `${file}#`).then(() => rename(at('.new'), at('bellhop.yaml'))),
    ],
    ['in a secret', () => writeFile(at('secrets', 'url'), 'https://other')],
    ['in a secret that goes', () => rm(at('secrets', 'url'))],
    ['in a certificate', () => writeFile(at('ca.pem'), 'other')],
    ['in a certificate whose place a variable names', () => writeFile(at('pems', 'cert.pem'), 'other')],
    ['in a key that comes', () => writeFile(at('key.pem'), 'here now')],
    ['where the file goes', () => rm(at('bellhop.yaml'))],
    ['where it is no configuration any more', () => writeFile(at('bellhop.yaml'), '{ half')],
  ])('%s', async (_, change) => {
    await Promise.all([mkdir(at('secrets')), mkdir(at('pems'))])
    await writeFile(at('bellhop.yaml'), file)
    await writeFile(at('secrets', 'url'), 'https://one')
    await writeFile(at('ca.pem'), 'one')
    await writeFile(at('pems', 'cert.pem'), 'one')
    const { looksUntilTold } = await watching(at('bellhop.yaml'), { PEMS: at('pems') })
    expect(await looksUntilTold()).toBe(0)
    await change()
    expect(await looksUntilTold()).toBe(2)
    expect(await looksUntilTold()).toBe(0)
  })

  it.each<[string, () => Promise<unknown>, boolean]>([
    ['a file more', () => writeFile(at('b.yaml'), 'actions: []'), true],
    ['a file less', () => rm(at('a.yaml')), true],
    ['a file that was named anew', () => rename(at('a.yaml'), at('c.yaml')), true],
    ['a test file, which is no part of it', () => writeFile(at('a_test.yaml'), 'tests: []'), false],
    ['a hidden file, as editors leave behind', () => writeFile(at('.a.yaml.swp'), 'x'), false],
  ])('in a folder: %s', async (_, change, told) => {
    await writeFile(at('a.yaml'), ACTION)
    const { looksUntilTold } = await watching(folder)
    await change()
    expect((await looksUntilTold()) > 0).toBe(told)
  })

  it('where Kubernetes puts another link over: no file is written, and none has a new time', async () => {
    await mkdir(at('..1'))
    await mkdir(at('..2'))
    await writeFile(at('..1', 'bellhop.yaml'), ACTION)
    await writeFile(at('..2', 'bellhop.yaml'), ACTION.replace('hello', 'hullo'))
    await symlink('..1', at('..data'))
    await symlink(join('..data', 'bellhop.yaml'), at('bellhop.yaml'))
    const { looksUntilTold } = await watching(folder)
    await symlink('..2', at('..data_tmp'))
    await rename(at('..data_tmp'), at('..data'))
    expect(await looksUntilTold()).toBe(2)
  })

  it('in a file that is named only since the change before', async () => {
    await writeFile(at('bellhop.yaml'), ACTION)
    await writeFile(at('url'), 'one')
    const { looksUntilTold } = await watching(at('bellhop.yaml'))
    await writeFile(at('bellhop.yaml'), withSales('    webhook_url: ${file:url}'))
    expect(await looksUntilTold()).toBe(2)
    await writeFile(at('url'), 'two')
    expect(await looksUntilTold()).toBe(2)
  })
})

describe('a change counts', () => {
  it('when it has settled: as long as a file grows nothing is told', async () => {
    const texts = ['one', 'two', 'two and', 'two and three', 'two and three', 'two and three']
    const watch = await ConfigWatch.begin(async () => texts.shift() ?? 'two and three')
    const told = [
      await watch.look(),
      await watch.look(),
      await watch.look(),
      await watch.look(),
      await watch.look(),
    ]
    expect(told).toEqual([false, false, false, true, false])
  })

  it('not where it is taken back before', async () => {
    const texts = ['one', 'two', 'one', 'one', 'one']
    const watch = await ConfigWatch.begin(async () => texts.shift() ?? 'one')
    expect([await watch.look(), await watch.look(), await watch.look(), await watch.look()]).not.toContain(
      true,
    )
  })
})

describe('watching', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('tells each change once, and ends with its signal', async () => {
    let text = 'one'
    const watch = await ConfigWatch.begin(async () => text)
    const changed = vi.fn()
    const stop = new AbortController()
    const run = watch.run({ everyMs: 500, changed, signal: stop.signal })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(changed).not.toHaveBeenCalled()
    text = 'two'
    await vi.advanceTimersByTimeAsync(1_000)
    expect(changed).toHaveBeenCalledTimes(1)
    text = 'three'
    await vi.advanceTimersByTimeAsync(500)
    stop.abort()
    await run
    expect(changed).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
