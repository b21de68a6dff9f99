import type * as z from 'zod'
import { isRecord } from '../core/is-record.ts'
import type { Report } from './report.ts'
import { optionNamesAt } from './spec/config-spec.ts'
import { suggestion } from './suggestion.ts'
import { type ConfigNode, nodeAt, type Path, toPlain } from './tree.ts'

/**
 * Reads the options of one section by its specification. Every mistake is reported; what is right is returned
 * all the same, so that the rest can be checked against it.
 */
export function readSection<P extends z.ZodType>(
  spec: { whole: z.ZodType<z.output<P>>; partial: P },
  path: Path,
  report: Report,
): z.output<P> {
  const node = nodeAt(report.root, path)
  const written = node === undefined || isEmpty(node) ? {} : toPlain(node)
  const parsed = spec.whole.safeParse(written)
  if (parsed.success) return parsed.data
  const { issues } = parsed.error
  for (const issue of issues) reportIssue(issue, path, report)
  const wrong = new Set(issues.flatMap(wrongKeys))
  const right = isRecord(written) ? Object.entries(written).filter(([key]) => !wrong.has(key)) : []
  return spec.partial.parse(Object.fromEntries(right))
}

function isEmpty(node: ConfigNode): boolean {
  return node.kind === 'scalar' && (node.text === null || typeof node.value === 'symbol')
}

function wrongKeys(issue: z.core.$ZodIssue): readonly (PropertyKey | undefined)[] {
  if (issue.path.length > 0) return issue.path.slice(0, 1)
  return issue.code === 'unrecognized_keys' ? issue.keys : []
}

function reportIssue(issue: z.core.$ZodIssue, section: Path, report: Report): void {
  const path = writtenPath([...section, ...issue.path.filter((step) => typeof step !== 'symbol')], report)
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) reportUnknownKey([...path, key], key, report)
    return
  }
  const node = nodeAt(report.root, path)
  if (node?.kind === 'scalar' && node.text === null && node.cutByComment) {
    report.error(path, 'has no value: YAML takes what follows the # for a comment; quote it')
  } else {
    report.error(path, wordingOf(issue, node === undefined))
  }
}

/** One value may stand for a list or a map: then what is wrong in it is wrong with the value. */
function writtenPath(path: Path, report: Report): Path {
  const holder = path.findIndex((_, length) => nodeAt(report.root, path.slice(0, length))?.kind === 'scalar')
  return holder === -1 ? path : path.slice(0, holder)
}

function wordingOf(issue: z.core.$ZodIssue, isMissing: boolean): string {
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid input')) return issue.message
  const wanted = issue.expected === 'array' ? 'must be a list' : 'must be a map of options'
  return isMissing ? `is missing; it ${wanted}` : wanted
}

/** Whether a section that may be left out is there and says something, be it wrong. */
export function hasSection(path: Path, report: Report): boolean {
  const node = nodeAt(report.root, path)
  return node !== undefined && (node.kind !== 'scalar' || typeof node.value === 'string')
}

/** Says that an option does not exist, and which one was probably meant. */
export function reportUnknownKey(path: Path, key: string, report: Report): void {
  const known = optionNamesAt(path.slice(0, -1))
  report.error(path, `there is no such option${suggestion(key, known)}`, 'key')
}
