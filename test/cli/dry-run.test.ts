import { readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dryRun } from '../../src/cli/dry-run.ts'
import { PROJECT_ROOT } from '../support/processes.ts'
import { captureIo } from './support/captured-io.ts'

const IMPORT = /^(?:import|export)\s(?!type\s)[^'"]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm

/** Every file and package that loading a file loads. */
function loadedBy(file: string, known = new Set<string>()): Set<string> {
  const path = relative(PROJECT_ROOT, file)
  if (known.has(path)) return known
  known.add(path)
  for (const [, from, alone, late] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const name = from ?? alone ?? late ?? ''
    if (name.startsWith('.')) loadedBy(resolve(dirname(file), name), known)
    else known.add(name)
  }
  return known
}

describe('a dry run', () => {
  it('loads nothing that could post or queue a message', () => {
    const loaded = loadedBy(resolve(PROJECT_ROOT, 'src/cli/dry-run.ts'))
    expect(loaded).toContain('src/match/match-event.ts')
    const couldPost = [...loaded].filter((name) =>
      /^src\/slack\/client|writer\.ts$|^src\/dispatch\/lanes|^src\/(?:app|pipeline)\.ts|bottleneck/.test(
        name,
      ),
    )
    expect(couldPost).toEqual([])
  })

  it.each([
    ['--stages', { stages: 'match' }],
    ['--http', { http: '127.0.0.1:0' }],
    ['--watch', { watch: true }],
    ['--stages and --watch', { stages: 'match', watch: true }],
  ])('refuses %s', async (names, options) => {
    const io = { ...captureIo(), signal: new AbortController().signal }
    await expect(dryRun(options, io)).rejects.toThrow(`${names} cannot stand beside --dry-run`)
  })

  it('refuses a start that is no time', async () => {
    const io = { ...captureIo(), signal: new AbortController().signal }
    await expect(dryRun({ start: 'yesterday' }, io)).rejects.toThrow('--start yesterday: write earliest')
  })
})
