import { compileLine, compileLinkUrl, compileTemplate, TemplateError } from '../match/template/compile.ts'
import { parseTrigger } from '../match/trigger/compile.ts'
import { TriggerError } from '../match/trigger/trigger-error.ts'
import type { Report } from './report.ts'
import { nodeAt, type Path } from './tree.ts'

/** Triggers and messages are compiled when the configuration is loaded, so that `run` never meets a bad one. */
export function checkTrigger(text: string, path: Path, report: Report): void {
  try {
    const { warnings } = parseTrigger(text)
    for (const { kind, offset, message } of warnings) report.lints.warnInside(kind, path, { offset, message })
  } catch (error) {
    if (!(error instanceof TriggerError)) throw error
    report.errorInside(path, error.offset, `${error.reason}${quoteHint(path, report)}`)
  }
}

/** Where a template's text goes, and so how it is compiled. */
const COMPILERS = { message: compileTemplate, line: compileLine, link: compileLinkUrl } as const

export interface WrittenTemplate {
  text: string
  path: Path
  slot: keyof typeof COMPILERS
}

export function checkTemplate({ text, path, slot }: WrittenTemplate, report: Report): void {
  try {
    const message = 'is sent without escaping: data in it can notify a channel or forge a link'
    for (const offset of rawOffsetsOf(text, slot, report)) {
      report.lints.warnInside('raw-output', path, { offset, message })
    }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    report.errorInside(path, error.offset, error.reason)
  }
}

/** Throws TemplateError. */
function rawOffsetsOf(text: string, slot: WrittenTemplate['slot'], report: Report): readonly number[] {
  const key = `${slot} ${text}`
  const known = report.rawOffsets.get(key)
  if (known !== undefined) return known
  const offsets = COMPILERS[slot](text).rawOutputs.map(({ offset }) => offset)
  report.rawOffsets.set(key, offsets)
  return offsets
}

/** YAML ended the text at a `#`, and what is left is no trigger. */
function quoteHint(path: Path, report: Report): string {
  const node = nodeAt(report.root, path)
  const isCut = node?.kind === 'scalar' && node.cutByComment
  return isCut ? '; YAML takes the # for a comment: quote the trigger or use >-' : ''
}
