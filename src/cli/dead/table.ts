/** A table that streams: the first rows set the widths of its columns, later ones that are wider push theirs out. */
export interface Table {
  row(cells: readonly string[]): Promise<void>
  /** Writes what is still held back. Without a row, nothing is written. */
  end(): Promise<void>
}

const MEASURED_ROWS = 100

export function createTable(headings: readonly string[], writeLine: (line: string) => Promise<void>): Table {
  const held: (readonly string[])[] = []
  let widths: number[] | null = null
  const write = (cells: readonly string[]): Promise<void> => writeLine(aligned(cells, widths ?? []))
  const release = async (): Promise<void> => {
    widths = headings.map((heading, column) =>
      Math.max(...[heading, ...held.map((cells) => cells[column] ?? '')].map((cell) => [...cell].length)),
    )
    await write(headings)
    for (const cells of held.splice(0)) await write(cells)
  }
  return {
    async row(cells) {
      if (widths !== null) return write(cells)
      held.push(cells)
      if (held.length === MEASURED_ROWS) await release()
    },
    async end() {
      if (widths === null && held.length > 0) await release()
    },
  }
}

/** A column that was empty in every measured row is left out while it stays so. */
function aligned(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - [...cell].length)))
    .filter((cell) => cell !== '')
    .join('  ')
    .trimEnd()
}
