import type { Warning } from '../config/load.ts'
import { formatProblems } from '../config/problem.ts'
import { count } from './describe-config.ts'

/** All warnings in the order of the files, each with its rule's name, and how many there are of each rule. */
export function formatWarnings(warnings: readonly Warning[]): string {
  if (warnings.length === 0) return ''
  const blocks = warnings.map((warning, index) => {
    const { rule, excerpt } = warning
    const message = rule === null ? warning.message : `${warning.message} [${rule}]`
    const text = formatProblems([{ ...warning, message }])
    const isApart = index > 0 && (excerpt !== '' || warnings[index - 1]?.excerpt !== '')
    return `${isApart ? '\n' : ''}${text}`
  })
  return `\n${count(warnings.length, 'warning')}\n${blocks.join('')}${formatTally(warnings)}`
}

function formatTally(warnings: readonly Warning[]): string {
  const byRule = Map.groupBy(warnings, ({ rule }) => rule)
  byRule.delete(null)
  if (byRule.size === 0) return ''
  const rows = [...byRule].sort(([, one], [, other]) => other.length - one.length)
  const width = String(rows[0]?.[1].length ?? 0).length
  const lines = rows.map(([rule, found]) => `  ${String(found.length).padStart(width)}  ${rule}\n`)
  return `\nBy name (docs/warnings.md); ignore: [NAME] on the action or destination silences one\n${lines.join('')}`
}
