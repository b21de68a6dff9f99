import { type Document, isScalar, type ParsedNode, parseDocument, visit, type YAMLParseError } from 'yaml'
import type { Finding } from './problem.ts'
import { createLocator, lineAround, type Source } from './source.ts'
import { OPTION_NAMES, VERBATIM_NAMES } from './spec/config-spec.ts'

/**
 * YAML text as a document, or what is wrong with it in bellhop's own words (the parser's messages quote the
 * text, which may hold secrets). A trigger or message that YAML misreads is reported, blanked and parsed around,
 * so that everything else is still checked.
 */
export interface ReadDocument {
  document: Document.Parsed<ParsedNode>
  findings: readonly Finding[]
  /** Whether YAML could read all that was not blanked. */
  isBroken: boolean
  /** Offsets of the keys whose values were blanked. */
  blankedKeys: ReadonlySet<number>
}

/** Each costs one more reading of the file, so there are fewer in a large one. */
const MAX_BLANKED = 50
const MAX_CHARS_READ_AGAIN = 2_000_000

export function readDocument(source: Source): ReadDocument {
  const findings: Finding[] = []
  const blankedKeys = new Set<number>()
  let text = source.text
  for (;;) {
    const document = parse(text)
    const [firstError] = document.errors
    const template = firstError === undefined ? null : templateAround(text, errorOffset(document, firstError))
    const mostBlanked = Math.min(MAX_BLANKED, Math.max(1, Math.floor(MAX_CHARS_READ_AGAIN / text.length)))
    if (template === null || blankedKeys.has(template.keyStart) || blankedKeys.size === mostBlanked) {
      const own = document.errors.filter((error, index) => index === 0 || LOCAL_MISTAKES.includes(error.code))
      findings.push(...onePerLine(own.map((error) => toFinding(source, error, errorOffset(document, error)))))
      return { document, findings, isBroken: own.length > 0, blankedKeys }
    }
    findings.push(misread(source, template))
    blankedKeys.add(template.keyStart)
    const { valueStart, valueEnd } = template
    text =
      text.slice(0, valueStart) +
      text.slice(valueStart, valueEnd).replaceAll(/[^\n]/g, ' ') +
      text.slice(valueEnd)
  }
}

function parse(text: string): Document.Parsed<ParsedNode> {
  const { stackTraceLimit } = Error
  // The parser makes an error of each mistake, and nobody reads where in its code that was: most of its time, else.
  Error.stackTraceLimit = 0
  try {
    return parseDocument<ParsedNode>(text, {
      schema: 'failsafe',
      version: '1.2',
      prettyErrors: false,
      uniqueKeys: false,
    })
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** An unclosed quote is reported at the end of the file; it has to be mended where it opens. */
function errorOffset(document: Document.Parsed, error: YAMLParseError): number {
  let opened: number | null = null
  if (error.code === 'MISSING_CHAR' && error.message.includes('quote')) {
    visit(document, {
      Scalar(_key, node) {
        if (isScalar(node) && node.range?.[1] === error.pos[0]) opened = node.range[0]
      },
    })
  }
  return opened ?? error.pos[0]
}

const WORDING: Partial<Record<YAMLParseError['code'], string>> = {
  TAB_AS_INDENT: 'a tab cannot indent in YAML: use spaces',
  BAD_INDENT: 'the indentation does not fit what is above, or a closing bracket is missing',
  BLOCK_AS_IMPLICIT_KEY:
    'the indentation does not fit what is above, or a value with ": " in it needs quotes',
  MULTILINE_IMPLICIT_KEY: 'a key needs a colon and a space behind it',
  KEY_OVER_1024_CHARS: 'a key needs a colon and a space behind it',
  UNEXPECTED_TOKEN: 'YAML expects nothing more here: does the value need quotes?',
  BAD_SCALAR_START: 'a value cannot begin with this character: quote it',
  BAD_ALIAS: 'a value that begins with * must be quoted',
  BAD_DQ_ESCAPE: 'an unknown escape: in double quotes a backslash is written twice',
  MULTIPLE_DOCS: 'a second document begins here: one file holds one',
  RESOURCE_EXHAUSTION: 'this is nested too deep',
}

function toFinding(source: Source, error: YAMLParseError, offset: number): Finding {
  const isOpenQuote = error.code === 'MISSING_CHAR' && error.message.includes('quote')
  const wording = isOpenQuote ? 'the closing quote is missing' : WORDING[error.code]
  const { start, end } = lineAround({ source, offset })
  const hint = FLOW_HINTS.find(({ pattern }) => pattern.test(source.text.slice(start, end)))?.hint
  return { place: { source, offset }, message: hint ?? wording ?? 'this is not YAML' }
}

const FLOW_HINTS = [
  { pattern: /[{,]\s*[\w.-]+\s*:\s*[^"'\s,]*\$\{/, hint: 'between { and } a ${VAR} needs quotes' },
  {
    pattern: new RegExp(`[{,]\\s*(?:${[...VERBATIM_NAMES].join('|')})\\s*:`),
    hint: 'between { and } a trigger or message needs quotes',
  },
]

/** Mistakes that do not make YAML stumble over what follows. */
const LOCAL_MISTAKES: readonly YAMLParseError['code'][] = [
  'TAB_AS_INDENT',
  'BAD_SCALAR_START',
  'BAD_DQ_ESCAPE',
]

function onePerLine(findings: readonly Finding[]): Finding[] {
  const locate = createLocator()
  const byLine = new Map<number, Finding>()
  for (const finding of findings) {
    const { line } = locate(finding.place)
    if (!byLine.has(line)) byLine.set(line, finding)
  }
  return [...byLine.values()]
}

/** Where a trigger or message stands that is no block scalar. */
export interface TemplateRange {
  name: string
  keyStart: number
  valueStart: number
  valueEnd: number
}

const KEY = /^(\s*(?:- +)*)(["']?)([\w.-]+)\2\s*:(?=\s|$)\s*/
const BLOCK_HEADER = /^[|>][-+\d]*\s*(?:#.*)?$/

/** The trigger or message that an offset lies in; null where it lies in anything else. */
function templateAround(text: string, offset: number): TemplateRange | null {
  const source = { file: '', text }
  let line = lineAround({ source, offset: Math.min(offset, text.length) })
  let indent = Number.POSITIVE_INFINITY
  for (;;) {
    const content = text.slice(line.start, line.end)
    const key = KEY.exec(content)
    const column = key?.[1]?.length ?? content.search(/\S/)
    if (key !== null && column < indent && OPTION_NAMES.has(key[3] ?? '')) {
      return templateAt(text, line.start, key)
    }
    if (line.start === 0) return null
    indent = column === -1 ? indent : Math.min(indent, column)
    line = lineAround({ source, offset: line.start - 1 })
  }
}

function templateAt(text: string, lineStart: number, key: RegExpExecArray): TemplateRange | null {
  const [all, before = '', , name = ''] = key
  const valueStart = lineStart + all.length
  const { end } = lineAround({ source: { file: '', text }, offset: lineStart })
  if (!VERBATIM_NAMES.has(name) || BLOCK_HEADER.test(text.slice(valueStart, end))) return null
  const deeper = new RegExp(`(?:\\r?\\n(?:[ \\t]*(?=\\r?\\n)| {${before.length + 1},}[^\\n]*))*`, 'y')
  deeper.lastIndex = end
  const continued = deeper.exec(text)?.[0] ?? ''
  return { name, keyStart: lineStart + before.length, valueStart, valueEnd: end + continued.length }
}

const READ_AS: Record<string, string> = {
  '!': 'the ! for a tag',
  '{': 'the { for a map',
  '[': 'the [ for a list',
  '"': 'the first quotes for the whole text',
  "'": 'the first quotes for the whole text',
  '*': 'the * for an alias',
  '&': 'the & for an anchor',
  '|': 'the | for a block',
  '>': 'the > for a block',
  '-': 'the - for a list',
  '?': 'the ? for a key',
  '%': 'the % for a directive',
  '@': 'the @ for something reserved',
  '`': 'the ` for something reserved',
  '#': 'the # for a comment',
}

const MISREAD_START = /^(?:[-?](?=\s)|[!{["'*&|>%@`#])/
const MISREAD_INSIDE = /:(?=\s|$)|(?<=\s)#/

/** What YAML made of a trigger or message, and how to make it text again. */
export function misread(source: Source, template: TemplateRange): Finding {
  const written = source.text.slice(template.valueStart, template.valueEnd)
  const text = written.trimStart()
  const found = MISREAD_START.exec(text) ?? MISREAD_INSIDE.exec(text)
  const taken = found?.[0] === ':' ? 'the ": " for a map' : READ_AS[found?.[0] ?? '']
  return {
    place: { source, offset: template.valueStart + written.length - text.length + (found?.index ?? 0) },
    message: `${template.name}: YAML takes ${taken ?? 'it for something else'}: quote it or use >-`,
  }
}
