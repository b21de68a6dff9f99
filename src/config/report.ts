import { createLints, type Lints } from './lint/lints.ts'
import type { Finding } from './problem.ts'
import { placeInScalar } from './scalar-position.ts'
import type { Place } from './source.ts'
import { isPlainName } from './suggestion.ts'
import { keyPlaceAt, type MapNode, nodeAt, type Path, placeAt, UNSET } from './tree.ts'

/** Collects what is wrong with a configuration, by path. Nothing is said of a value that nobody can know here. */
export interface Report {
  root: MapNode
  /** `key`: the name itself is wrong, not the value. */
  error(path: Path, message: string, at?: 'value' | 'key'): void
  /** At an offset in the text of a scalar. */
  errorInside(path: Path, offset: number, message: string): void
  /** What hangs on where bellhop runs, such as a file that is not there. */
  warn(path: Path, message: string): void
  errors: readonly Finding[]
  warnings: readonly Finding[]
  /** What hangs on the configuration alone, by rule. */
  lints: Lints
  /** Where templates that compile leave out escaping, by slot and text: many actions share a line. */
  rawOffsets: Map<string, readonly number[]>
}

export function createReport(root: MapNode): Report {
  const errors: Finding[] = []
  const warnings: Finding[] = []
  const add = (to: Finding[], path: Path, found: { place: Place; message: string }) => {
    const node = nodeAt(root, path)
    if (node?.kind === 'scalar' && node.value === UNSET) return
    const label = labelOf(root, path)
    to.push({ place: found.place, message: label === '' ? found.message : `${label}: ${found.message}` })
  }
  const inside = (path: Path, offset: number): Place => {
    const node = nodeAt(root, path)
    return node?.kind === 'scalar' ? placeInScalar(node, offset) : placeAt(root, path)
  }
  return {
    root,
    errors,
    warnings,
    error(path, message, at = 'value') {
      const place = at === 'key' ? keyPlaceAt(root, path) : placeAt(root, path)
      add(errors, path, { place, message })
    },
    errorInside: (path, offset, message) => add(errors, path, { place: inside(path, offset), message }),
    warn: (path, message) => add(warnings, path, { place: placeAt(root, path), message }),
    lints: createLints((path, offset) => ({
      place: offset === undefined ? placeAt(root, path) : inside(path, offset),
      label: labelOf(root, path),
    })),
    rawOffsets: new Map(),
  }
}

/** `destinations.sales.rate`, `actions.order-completed.trigger`, `kafka.events[0].start`. */
export function labelOf(root: MapNode, path: Path): string {
  let label = ''
  for (const [index, step] of path.entries()) {
    if (typeof step === 'string') {
      label += `${label === '' ? '' : '.'}${isPlainName(step) ? step : '?'}`
      continue
    }
    const id = nodeAt(root, [...path.slice(0, index + 1), 'id'])
    const name = id?.kind === 'scalar' && !id.expanded && id.text !== null ? id.text : ''
    label += isPlainName(name) ? `.${name}` : `[${step}]`
  }
  return label
}

/** `there is no destination "sals"`; a name that a variable holds is not repeated. */
export function thereIsNo(what: string, name: string, at: { report: Report; path: Path }): string {
  const node = nodeAt(at.report.root, at.path)
  const isShown = node?.kind === 'scalar' && !node.expanded && isPlainName(name)
  return isShown ? `there is no ${what} "${name}"` : `there is no such ${what}`
}
