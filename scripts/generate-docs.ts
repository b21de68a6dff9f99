import { readFileSync, writeFileSync } from 'node:fs'
import { type OptionRow, SECTIONS, type SectionDoc } from '../src/config/spec/config-spec.ts'
import type { Written } from '../src/config/spec/option.ts'

/**
 * Writes the options into docs/configuration.md from the specification in src/config/spec, between two marks;
 * what stands outside them is written by hand. Run it with `node scripts/generate-docs.ts`.
 */
export const CONFIGURATION_DOC = new URL('../docs/configuration.md', import.meta.url)

const BEGIN = '<!-- options: written by scripts/generate-docs.ts from src/config/spec -->'
const END = '<!-- end of options -->'

/** The document with its options brought up to date. */
export function withOptions(document: string): string {
  const begin = document.indexOf(BEGIN)
  const end = document.indexOf(END)
  if (begin === -1 || end < begin)
    throw new Error(`docs/configuration.md lacks the marks ${BEGIN} and ${END}`)
  return `${document.slice(0, begin + BEGIN.length)}\n\n${SECTIONS.map(renderSection).join('\n')}\n${document.slice(end)}`
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
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
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

if (import.meta.main) {
  const before = readFileSync(CONFIGURATION_DOC, 'utf8')
  const after = withOptions(before)
  if (after !== before) writeFileSync(CONFIGURATION_DOC, after)
}
