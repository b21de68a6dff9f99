import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Reads the project's own Markdown for tests that hold it to the code. */
export interface Page {
  /** From the checkout's root: `docs/triggers.md`. */
  name: string
  text: string
}

/** A table's row: its cells by their column's heading, code marks and escaped bars resolved. */
export type Row = Readonly<Record<string, string>>

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

export function page(name: string): Page {
  return { name, text: readFileSync(`${ROOT}${name}`, 'utf8') }
}

/** Every page that users read. */
export function pages(): Page[] {
  const docs = readdirSync(`${ROOT}docs`).filter((name) => name.endsWith('.md'))
  return ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)].map(page)
}

/** The rows of all tables that have these columns, others beside them or not. */
export function rowsWith(columns: readonly string[], { text }: Page): Row[] {
  return tables(text)
    .filter(({ header }) => columns.every((column) => header.includes(column)))
    .flatMap(({ header, rows }) => rows.map((cells) => rowOf(header, cells)))
}

/** The content of the fenced blocks of one language. */
export function blocks(language: string, { text }: Page): string[] {
  return [...text.matchAll(/^```(\S*)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , content = '']) => content)
}

/** What stands between backticks in a cell, in order. */
export function codes(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}

/** Targets of links and pictures, outside of code. */
export function links({ text }: Page): string[] {
  const prose = text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
}

/** The anchors that a page's headings have. */
export function anchors({ text }: Page): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  )
}

/** A cell that is one code span, without its marks; any other cell as it is. */
export function plain(cell: string): string {
  return /^`([^`]+)`$/.exec(cell)?.[1] ?? cell
}

interface Table {
  header: string[]
  rows: string[][]
}

function tables(text: string): Table[] {
  const found: Table[] = []
  let current: string[] = []
  for (const line of [...text.split('\n'), '']) {
    if (line.startsWith('|')) {
      current.push(line)
      continue
    }
    const [header, , ...rows] = current.map(cellsOf)
    if (header !== undefined) found.push({ header, rows })
    current = []
  }
  return found
}

function cellsOf(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))
}

function rowOf(header: readonly string[], cells: readonly string[]): Row {
  if (cells.length !== header.length)
    throw new Error(`the row has ${cells.length} cells: ${cells.join(' | ')}`)
  return Object.fromEntries(header.map((column, index) => [column, cells[index] ?? '']))
}
