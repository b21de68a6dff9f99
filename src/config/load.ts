import { createHash } from 'node:crypto'
import type { Config } from './config.ts'
import { expandVariables, type Surroundings } from './expand.ts'
import { findConfigFiles, readText } from './files.ts'
import type { Lint } from './lint/lints.ts'
import type { LintRule } from './lint/rules.ts'
import { createMask, type Mask } from './mask.ts'
import { mergeFiles } from './merge.ts'
import { type Finding, fileProblem, inOrder, type Problem, toProblem } from './problem.ts'
import { createReport, type Report } from './report.ts'
import { resolveConfig } from './resolve.ts'
import { createLocator, type Source } from './source.ts'
import { parseSource } from './yaml-source.ts'

export { formatProblems, type Problem } from './problem.ts'

export type Loaded =
  | { kind: 'loaded'; config: Config; warnings: readonly Warning[] }
  | { kind: 'invalid'; problems: readonly Problem[] }

export interface Warning extends Problem {
  /** Null for what hangs on where bellhop runs, such as a variable that is not set. */
  rule: LintRule | null
}

/** Looks at a configuration that is right for what may be a mistake all the same; warns in the report. */
export type Linter = (config: Config, report: Report) => Promise<void>

/** Where the configuration is: as given, else $BELLHOP_CONFIG, else bellhop.yaml beside the caller. */
export function configPath(option: string | undefined, env: Record<string, string | undefined>): string {
  return option || env.BELLHOP_CONFIG || 'bellhop.yaml'
}

/**
 * Reads a configuration from a file or a folder, with variables expanded and everything checked: triggers and
 * messages compile, references exist, certificates can be read. All problems are returned at once; no text in
 * them holds a secret. What a linter finds is among the warnings.
 */
export async function loadConfig(path: string, surroundings: Surroundings, lint?: Linter): Promise<Loaded> {
  const read = await readSources(path)
  if (read.kind === 'invalid') return read
  const parsed = read.sources.map((source) => ({ source, ...parseSource(source) }))
  const roots = parsed.map(({ root }) => root).filter((root) => root !== null)
  const written = [...roots, ...parsed.flatMap(({ dropped }) => dropped)]
  const syntax = parsed.flatMap(({ findings }) => findings)
  const [first, ...others] = roots
  if (first === undefined || roots.length < parsed.length) {
    const unread = parsed.filter(({ root }) => root === null).map(({ source }) => source)
    return { kind: 'invalid', problems: toProblems(syntax, () => createMask(written, unread)) }
  }
  const merged = mergeFiles(first, others)
  const expanded = await expandVariables(merged.root, surroundings)
  const report = createReport(expanded.root)
  const config = await resolveConfig(report, versionOf(read.sources), surroundings.secrets)
  const errors = [...syntax, ...merged.findings, ...expanded.errors, ...report.errors]
  const mask = () => createMask([...written, expanded.root], [])
  if (errors.length > 0) return { kind: 'invalid', problems: toProblems(errors, mask) }
  await lint?.(config, report)
  const warnings = [...expanded.warnings, ...report.warnings, ...report.lints.found]
  return { kind: 'loaded', config, warnings: toProblems(warnings, mask) }
}

/** The mask is made only where there is something to show: it walks the whole configuration. */
function toProblems(findings: readonly (Finding | Lint)[], createMask: () => Mask): readonly Warning[] {
  const isShown = findings.some(({ hasExcerpt }) => hasExcerpt !== false)
  const mask = isShown ? createMask() : NOTHING_HIDDEN
  const locate = createLocator()
  const problems = findings.map((finding) => {
    return { ...toProblem(finding, mask, locate), rule: 'rule' in finding ? finding.rule : null }
  })
  return inOrder(problems)
}

const NOTHING_HIDDEN: Mask = { ranges: () => [], text: (text) => text }

type ReadSources =
  | { kind: 'read'; sources: readonly Source[] }
  | { kind: 'invalid'; problems: readonly Problem[] }

async function readSources(path: string): Promise<ReadSources> {
  const found = await findConfigFiles(path)
  if (found.kind === 'unreadable') {
    const message = `cannot read the configuration: ${found.reason}; name it with -c or $BELLHOP_CONFIG`
    return { kind: 'invalid', problems: [fileProblem(path, message)] }
  }
  const sources: Source[] = []
  const problems: Problem[] = []
  for (const file of found.files) {
    const read = await readText(file)
    if (read.kind === 'read') sources.push({ file, text: read.text })
    else problems.push(fileProblem(file, `cannot read the configuration: ${read.reason}`))
  }
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'read', sources }
}

/** 12 hex digits over the text of all files as it is written: no secret that a variable holds goes into it. */
function versionOf(sources: readonly Source[]): string {
  const hash = createHash('sha256')
  for (const { text } of sources) hash.update(text).update('\0')
  return hash.digest('hex').slice(0, 12)
}
