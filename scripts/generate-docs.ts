import { readFileSync, writeFileSync } from 'node:fs'
import { ADVICE_BY_WORD } from '../src/author/send-answers.ts'
import { type OptionRow, SECTIONS, type SectionDoc } from '../src/config/spec/config-spec.ts'
import type { Written } from '../src/config/spec/option.ts'

/**
 * Writes into the documentation, between marks, what the code knows: the options from the specification in
 * src/config/spec, and what Slack's words mean from src/author/send-answers.ts. What stands outside of the marks is
 * written by hand. Run it with `node scripts/generate-docs.ts`.
 */
export const CONFIGURATION_DOC = new URL('../docs/configuration.md', import.meta.url)
export const GETTING_STARTED_DOC = new URL('../docs/getting-started.md', import.meta.url)

interface Marks {
  begin: string
  end: string
}

const OPTIONS: Marks = {
  begin: '<!-- options: written by scripts/generate-docs.ts from src/config/spec -->',
  end: '<!-- end of options -->',
}

const ANSWERS: Marks = {
  begin: '<!-- answers: written by scripts/generate-docs.ts from src/author/send-answers.ts -->',
  end: '<!-- end of answers -->',
}

/** docs/configuration.md with its options brought up to date. */
export function withOptions(document: string): string {
  return withBetween(document, OPTIONS, SECTIONS.map(renderSection).join('\n'))
}

/** docs/getting-started.md with the table of Slack's words brought up to date. */
export function withAnswers(document: string): string {
  const rows = [...ADVICE_BY_WORD].map(
    ([word, { means, todo }]) => `| ${[code(word), means, todo].map(escapeCell).join(' | ')} |`,
  )
  const head = '| Slack says | what it means | what to do |\n|---|---|---|'
  return withBetween(document, ANSWERS, `${head}\n${rows.join('\n')}\n`)
}

function withBetween(document: string, marks: Marks, text: string): string {
  const begin = document.indexOf(marks.begin)
  const end = document.indexOf(marks.end)
  if (begin === -1 || end < begin)
    throw new Error(`the document lacks the marks ${marks.begin} and ${marks.end}`)
  return `${document.slice(0, begin + marks.begin.length)}\n\n${text}\n${document.slice(end)}`
}

function renderSection({ title, about, options }: SectionDoc): string {
  const heading = title === '' ? 'The rest' : `\`${title}\``
  const head = '| option | type | default | what it does | example |\n|---|---|---|---|---|'
  return `### ${heading}\n\n${about}\n\n${head}\n${options.map(renderOption).join('\n')}\n`
}

function renderOption(option: OptionRow): string {
  const { name, doc } = option
  const { type, description, example } = doc
  const cells = [code(name), type, renderDefault(option), description, code(`${name}: ${example}`)]
  return `| ${cells.map(escapeCell).join(' | ')} |`
}

function escapeCell(cell: string): string {
  return cell.replaceAll('|', '\\|')
}

function renderDefault({ doc, schema }: OptionRow): string {
  if (doc.default !== undefined) return renderWritten(doc.default)
  if (doc.otherwise !== undefined) return doc.otherwise
  return schema.safeParse(undefined).success ? 'none' : '**required**'
}

/** As it would stand in YAML. */
function renderWritten(written: Written): string {
  if (typeof written === 'string') return code(written)
  if (!Array.isArray(written)) return 'as below'
  return code(`[${written.map(quoteInFlow).join(', ')}]`)
}

function quoteInFlow(item: string): string {
  return /^[\w.-]+$/.test(item) ? item : JSON.stringify(item)
}

function code(text: string): string {
  return `\`${text}\``
}

function bringUpToDate(file: URL, update: (document: string) => string): void {
  const before = readFileSync(file, 'utf8')
  const after = update(before)
  if (after !== before) writeFileSync(file, after)
}

if (import.meta.main) {
  bringUpToDate(CONFIGURATION_DOC, withOptions)
  bringUpToDate(GETTING_STARTED_DOC, withAnswers)
}
