import { describe, expect, it } from 'vitest'
import type { Explanation } from '../../../src/observe/explain/explanation.ts'
import { explanationLines } from '../../../src/observe/explain/explanation-text.ts'
import { listed, shellCommand, step } from '../../../src/observe/explain/telling.ts'
import { telling } from './support/sample-evidence.ts'
import { T0 } from './support/sample-records.ts'

function explanation(steps: Explanation['steps']): Explanation {
  const asked = { id: 'events:0:7', kind: 'event_coordinates' } as const
  return { asked, found: true, summary: 'Delivered to sales.', steps, records: {} }
}

describe('an explanation as text', () => {
  it('is what became of it, then one step after the other', () => {
    const lines = explanationLines(
      explanation([
        step({
          at: T0,
          stage: 'event',
          tone: 'neutral',
          text: 'The event lies here.',
          details: ['size: 96 bytes'],
        }),
        step({
          stage: 'dead_letter',
          tone: 'bad',
          text: 'It lies there.',
          command: 'bellhop dead replay a:0:7:b:c',
        }),
      ]),
      null,
    )
    expect(lines).toEqual([
      'events:0:7 (an event)',
      'Delivered to sales.',
      '',
      '2026-01-31 08:00:00Z  event        The event lies here.',
      '                                     size: 96 bytes',
      '',
      '                      dead letter  It lies there.',
      '    bellhop dead replay a:0:7:b:c',
    ])
  })

  it.each([
    [null, 100],
    [200, 100],
    [80, 80],
    [20, 60],
  ])('of a terminal with %j columns keeps to %i, but for a longer word and commands', (columns, width) => {
    const text = 'word '.repeat(100).trim()
    const long = 'x'.repeat(150)
    const command = `bellhop dead replay ${'y'.repeat(150)}`
    const lines = explanationLines(
      explanation([step({ stage: 'slack', tone: 'good', text, details: [`  ${text}`, long], command })]),
      columns,
    )
    const wide = lines.filter((line) => line.length > width)
    expect(
      Math.max(...lines.filter((line) => line.includes('word')).map((line) => line.length)),
    ).toBeGreaterThan(width - 5)
    expect(wide.map((line) => line.trim())).toEqual([long, command])
    expect(lines.join(' ').match(/word/g)).toHaveLength(200)
    expect(
      lines.filter((line) => line.includes('word')).every((line) => /^ {35,39}word|slack/.test(line)),
    ).toBe(true)
  })
})

describe('commands for a shell', () => {
  it.each([
    [null, ['dead', 'replay', 'a.b:0:7:c-d:e_f'], 'bellhop dead replay a.b:0:7:c-d:e_f'],
    ['./my conf.yaml', ['explain', 'a:0:7'], "bellhop explain a:0:7 -c './my conf.yaml'"],
    [null, ['explain', "it's; rm -rf $HOME"], "bellhop explain 'it'\\''s; rm -rf $HOME'"],
  ])('with the configuration %s', (configPath, args, command) => {
    expect(shellCommand(telling({ configPath }), args)).toBe(command)
  })
})

describe('names in a row', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c', 'd', 'e'], 'a, b, c, d and e'],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'a, b, c, d, e and 2 others'],
  ])('%j', (names, text) => {
    expect(listed(names)).toBe(text)
  })
})
