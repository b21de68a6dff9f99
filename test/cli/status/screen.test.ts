import { expect, it } from 'vitest'
import { openScreen } from '../../../src/cli/status/screen.ts'

function terminalOf(size: { columns?: number; rows?: number } = {}) {
  const written: string[] = []
  return { written, terminal: { ...size, write: (text: string) => written.push(text) } }
}

it('draws from the top in place, and leaves the terminal as it was', () => {
  const { written, terminal } = terminalOf({ columns: 120, rows: 50 })
  const screen = openScreen(terminal, { colours: false })
  expect([screen.columns, screen.rows]).toEqual([120, 50])
  screen.draw([
    { text: 'a', tone: 'bad' },
    { text: 'b', tone: 'plain' },
  ])
  screen.close()
  screen.close()
  screen.draw([{ text: 'late', tone: 'plain' }])
  expect(written).toEqual([
    '\u001b[?1049h\u001b[?25l\u001b[?7l',
    '\u001b[Ha\u001b[K\r\nb\u001b[K\u001b[J',
    '\u001b[?7h\u001b[?25h\u001b[?1049l',
  ])
})

it('colours what has a tone, and nothing where colours are not wanted', () => {
  const { written, terminal } = terminalOf()
  openScreen(terminal, { colours: true }).draw([{ text: 'a', tone: 'bad' }])
  expect(written[1]).toContain('\u001b[31ma\u001b[0m')
})

it('takes a terminal that does not tell its size for a usual one', () => {
  const { terminal } = terminalOf()
  const screen = openScreen(terminal, { colours: false })
  expect([screen.columns, screen.rows]).toEqual([80, 24])
})
