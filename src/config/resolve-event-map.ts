import { EVENT_TYPES, MAPPED_FIELDS } from '../core/event-fields.ts'
import { scanJsonPath } from '../match/json-path/parse.ts'
import { SyntaxFault } from '../match/syntax-fault.ts'
import type { EventMap } from './config.ts'
import type { Report } from './report.ts'
import type { Path } from './tree.ts'

type WrittenMap = Partial<Record<'type' | (typeof MAPPED_FIELDS)[number], string | undefined>>

/** The map of an events topic, its paths checked; null where nothing is mapped. */
export function resolveEventMap(
  written: WrittenMap | undefined,
  path: Path,
  report: Report,
): EventMap | null {
  if (written === undefined) return null
  const paths = MAPPED_FIELDS.flatMap((field) => {
    const text = written[field]
    return text === undefined ? [] : [{ field, path: text }]
  })
  for (const { field, path: text } of paths) checkJsonPath(text, [...path, field], report)
  const type = resolveType(written.type, [...path, 'type'], report)
  return type === null && paths.length === 0 ? null : { type, paths }
}

function resolveType(written: string | undefined, path: Path, report: Report): EventMap['type'] {
  if (written === undefined) return null
  const is = EVENT_TYPES.find((type) => type === written)
  if (is !== undefined) return { is }
  checkJsonPath(written, path, report)
  return { path: written }
}

function checkJsonPath(text: string, path: Path, report: Report): void {
  try {
    const { end } = scanJsonPath(text, 0)
    if (end < text.length) report.errorInside(path, end, 'the JSONPath ends here, and something follows it')
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    report.errorInside(path, error.offset, error.reason)
  }
}
