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

/** As lineAndColumn, for many places of the same sources: each source is read once. */
export function createLocator(): typeof lineAndColumn {
  const breaksOf = new Map<Source, readonly number[]>()
  return ({ source, offset }) => {
    const breaks = breaksOf.get(source) ?? [...source.text.matchAll(/\n/g)].map(({ index }) => index)
    breaksOf.set(source, breaks)
    let [low, high] = [0, breaks.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((breaks[middle] ?? offset) < offset) low = middle + 1
      else high = middle
    }
    return { line: low + 1, column: offset - (breaks[low - 1] ?? -1) }
  }
}

/** `destinations.yaml, line 4`. */
export function fileAndLine(place: Place): string {
  return `${place.source.file}, line ${lineAndColumn(place).line}`
}

/** The line that holds an offset, without its line break: [start, end). */
export function lineAround({ source, offset }: Place): { start: number; end: number } {
  const start = offset === 0 ? 0 : source.text.lastIndexOf('\n', offset - 1) + 1
  const lineBreak = source.text.indexOf('\n', offset)
  const end = lineBreak === -1 ? source.text.length : lineBreak
  return { start, end: source.text[end - 1] === '\r' && end > start ? end - 1 : end }
}
