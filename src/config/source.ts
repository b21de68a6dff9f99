/** Where things stand in a configuration file. Offsets are UTF-16 units from 0; lines and columns count from 1, as editors do. */
export interface Source {
  /** As the person named it. */
  file: string
  text: string
}

export interface Place {
  source: Source
  offset: number
}

/** [start, end). */
export type Range = readonly [start: number, end: number]

export interface LineAndColumn {
  line: number
  column: number
}

export function lineAndColumn({ source, offset }: Place): LineAndColumn {
  const before = source.text.slice(0, offset)
  const lastBreak = before.lastIndexOf('\n')
  return { line: before.split('\n').length, column: offset - lastBreak }
}

/** `destinations.yaml, line 4`. */
export function fileAndLine(place: Place): string {
  return `${place.source.file}, line ${lineAndColumn(place).line}`
}

/** The line that holds an offset, without its line break: [start, end). */
export function lineAround({ source, offset }: Place): { start: number; end: number } {
  const start = source.text.lastIndexOf('\n', offset - 1) + 1
  const lineBreak = source.text.indexOf('\n', offset)
  const end = lineBreak === -1 ? source.text.length : lineBreak
  return { start, end: source.text[end - 1] === '\r' && end > start ? end - 1 : end }
}
