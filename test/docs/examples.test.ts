import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { compileMessage, compileTrigger, TemplateError, TriggerError } from '../../src/index.ts'
import { compileTemplate } from '../../src/match/template/compile.ts'
import { MESSAGE_FILTERS } from '../../src/match/template/filters.ts'
import { MESSAGE_TAGS } from '../../src/match/template/tags.ts'
import { parseTrigger } from '../../src/match/trigger/compile.ts'
import { FUNCTION_NAMES } from '../../src/match/trigger/functions.ts'
import { blocks, codes, page, plain, type Row, rowsWith } from './support/markdown.ts'

/** As docs/messages.md says. */
const EVENT_TIME_MS = Date.parse('2026-01-31T08:00:00Z')

const cell = (row: Row, column: string): string => plain(row[column] ?? '')
const lines = (text: string): string => text.replaceAll('↵', '\n')

const triggers = page('docs/triggers.md')
const messages = page('docs/messages.md')
const readme = page('README.md')

describe('docs/triggers.md', () => {
  const results = rowsWith(['trigger', 'event', 'result'], triggers)
  const refused = rowsWith(['trigger', 'column', 'said'], triggers)
  const warned = rowsWith(['trigger', 'column', 'warned'], triggers)

  it('has tables of results, of errors and of warnings', () => {
    expect(results.length).toBeGreaterThan(50)
    expect(refused.length).toBeGreaterThan(10)
    expect(warned.length).toBeGreaterThan(1)
  })

  it.each(results)('$trigger on $event is $result', (row) => {
    const matches = compileTrigger(cell(row, 'trigger'))
    expect(String(matches(JSON.parse(cell(row, 'event'))))).toBe(row.result)
  })

  it.each(refused)('$trigger is refused: $said', (row) => {
    const error = errorOf(() => compileTrigger(cell(row, 'trigger')))
    if (!(error instanceof TriggerError)) throw new Error('no TriggerError')
    expect(error.column).toBe(Number(row.column))
    expect(error.reason).toContain(row.said)
  })

  it.each(warned)('$trigger is warned of: $warned', (row) => {
    const { warnings } = parseTrigger(cell(row, 'trigger'))
    expect(warnings).toMatchObject([{ column: Number(row.column), message: row.warned }])
  })

  it('has a row for every function and no other', () => {
    const named = rowsWith(['function', 'gives'], triggers).map(
      (row) => /^\w+/.exec(cell(row, 'function'))?.[0],
    )
    expect(named.sort()).toEqual([...FUNCTION_NAMES].sort())
  })
})

describe('docs/messages.md', () => {
  const texts = rowsWith(['template', 'event', 'text'], messages)
  const refused = rowsWith(['template', 'said'], messages)

  it('has tables of texts and of errors', () => {
    expect(texts.length).toBeGreaterThan(50)
    expect(refused.length).toBeGreaterThan(5)
  })

  it.each(texts)('$template on $event is $text', (row) => {
    const template = compileTemplate(lines(cell(row, 'template')))
    const rendered = template.render(JSON.parse(cell(row, 'event')), { nowMs: EVENT_TIME_MS })
    expect(rendered).toEqual({ kind: 'text', text: lines(cell(row, 'text')), cut: false })
  })

  it.each(refused)('$template is refused: $said', (row) => {
    const error = errorOf(() => compileTemplate(cell(row, 'template')))
    if (!(error instanceof TemplateError)) throw new Error('no TemplateError')
    expect(error.reason).toBe(row.said)
  })

  it.each([...MESSAGE_FILTERS.keys()])('names the filter %s', (name) => {
    expect(codes(messages.text)).toContain(name)
  })

  it.each([...MESSAGE_TAGS.keys()].filter((name) => name !== '#'))('names the tag %s', (name) => {
    expect(codes(messages.text)).toContain(name)
  })
})

describe('README.md', () => {
  it('has an example of embedding that runs', () => {
    const [example = ''] = blocks('ts', readme)
    const printed: unknown[] = []
    const console = { log: (text: unknown) => printed.push(text) }
    runInNewContext(example.replace(/^import .*$/m, ''), { compileMessage, compileTrigger, console, Date })
    expect(printed).toEqual(['🎉 Ada &amp; Co ordered for $300.00'])
  })
})

function errorOf(compile: () => unknown): unknown {
  try {
    compile()
  } catch (error) {
    return error
  }
  return null
}
