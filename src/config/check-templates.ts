import { compileTemplate, TemplateError } from '../match/template/compile.ts'
import { parseTrigger } from '../match/trigger/compile.ts'
import { TriggerError } from '../match/trigger/trigger-error.ts'
import type { Report } from './report.ts'
import { nodeAt, type Path } from './tree.ts'

/** Triggers and messages are compiled when the configuration is loaded, so that `run` never meets a bad one. */
export function checkTrigger(text: string, path: Path, report: Report): void {
  try {
    const { warnings } = parseTrigger(text)
    for (const { offset, message } of warnings) report.warnInside(path, offset, message)
  } catch (error) {
    if (!(error instanceof TriggerError)) throw error
    report.errorInside(path, error.offset, `${error.reason}${quoteHint(path, report)}`)
  }
}

export function checkTemplate(text: string, path: Path, report: Report): void {
  try {
    const { rawOutputs } = compileTemplate(text)
    const message = 'is sent without escaping: data in it can notify a channel or forge a link'
    for (const { offset } of rawOutputs) report.warnInside(path, offset, message)
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    report.errorInside(path, error.offset, error.reason)
  }
}

/** YAML ended the text at a `#`, and what is left is no trigger. */
function quoteHint(path: Path, report: Report): string {
  const node = nodeAt(report.root, path)
  const isCut = node?.kind === 'scalar' && node.cutByComment
  return isCut ? '; YAML takes the # for a comment: quote the trigger or use >-' : ''
}
