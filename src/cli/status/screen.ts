import type { Line, Tone } from './sections.ts'

/** A terminal that is drawn anew in place, and left as it was. */
export interface Screen {
  readonly columns: number
  readonly rows: number
  draw(lines: readonly Line[]): void
  close(): void
}

export interface Terminal {
  write(text: string): unknown
  columns?: number
  rows?: number
}

const ESCAPE = '\u001b['
/** Another screen, no cursor, and no line that goes on in the next: what is too long is cut off. */
const ENTER = `${ESCAPE}?1049h${ESCAPE}?25l${ESCAPE}?7l`
const LEAVE = `${ESCAPE}?7h${ESCAPE}?25h${ESCAPE}?1049l`
const HOME = `${ESCAPE}H`
const CLEAR_LINE = `${ESCAPE}K`
const CLEAR_BELOW = `${ESCAPE}J`
const USUAL = { columns: 80, rows: 24 }

const TONES: Readonly<Record<Tone, string>> = {
  title: `${ESCAPE}1m`,
  bad: `${ESCAPE}31m`,
  warn: `${ESCAPE}33m`,
  good: `${ESCAPE}32m`,
  dim: `${ESCAPE}2m`,
  plain: '',
}
const RESET = `${ESCAPE}0m`

export function openScreen(terminal: Terminal, { colours }: { colours: boolean }): Screen {
  terminal.write(ENTER)
  let isOpen = true
  return {
    get columns() {
      return terminal.columns ?? USUAL.columns
    },
    get rows() {
      return terminal.rows ?? USUAL.rows
    },
    draw(lines) {
      if (!isOpen) return
      const painted = lines.map((line) => `${colours ? paint(line) : line.text}${CLEAR_LINE}`)
      terminal.write(`${HOME}${painted.join('\r\n')}${CLEAR_BELOW}`)
    },
    close() {
      if (isOpen) terminal.write(LEAVE)
      isOpen = false
    },
  }
}

function paint({ text, tone }: Line): string {
  const begin = TONES[tone]
  return begin === '' || text === '' ? text : `${begin}${text}${RESET}`
}
