import type { Warning } from '../config/load.ts'
import type { CommandIo } from './io.ts'

/**
 * A command that posts nothing needs no secret: what is missing is told, a line each, and it goes on. Warnings that
 * have a name are `bellhop check`'s to tell.
 */
export function warnOfMissing(warnings: readonly Warning[], stderr: CommandIo['stderr']): void {
  for (const { rule, file, line, column, message } of warnings) {
    const place = line === 0 ? file : `${file}:${line}:${column}`
    if (rule === null) stderr.write(`warning: ${place}: ${message}\n`)
  }
}
