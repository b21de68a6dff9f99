import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { check } from '../../src/cli/check.ts'
import { LINT_RULES } from '../../src/config/lint/rules.ts'
import { captureIo } from '../cli/support/captured-io.ts'
import { KAFKA, SALES, writeFiles } from '../config/load-text.ts'
import { blocks, codes, page, plain, rowsWith } from './support/markdown.ts'

const warnings = page('docs/warnings.md')

describe('docs/warnings.md', () => {
  it('has a row for every warning, in the order of the list, and no other', () => {
    const columns = ['warning', 'what it means', 'why it matters', 'what to do']
    const explained = rowsWith(columns, warnings).map((row) => plain(row.warning ?? ''))
    expect(explained).toEqual([...LINT_RULES])
  })

  it('silences what its example says, of which all is warned about', async () => {
    const [example = ''] = blocks('yaml', warnings)
    const silenced = codes(`\`${/ignore: \[(.*)\]/.exec(example)?.[1]}\``)[0]?.split(', ')
    expect(await warned(example)).toEqual(['no-test'])
    expect(await warned(example.replace(/ *ignore: .*\n/, ''))).toEqual(
      [...(silenced ?? []), 'no-test'].sort(),
    )
  })
})

async function warned(actions: string): Promise<string[]> {
  const folder = writeFiles({ 'bellhop.yaml': KAFKA + SALES + actions })
  const io = captureIo()
  expect(await check({ config: join(folder, 'bellhop.yaml') }, io)).toBe(0)
  return [...io.out().matchAll(/ \[([a-z-]+)\]$/gm)].map(([, rule = '']) => rule).sort()
}
