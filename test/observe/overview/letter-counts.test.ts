import { describe, expect, it } from 'vitest'
import { LetterCounts } from '../../../src/observe/overview/letter-counts.ts'
import { shellWord } from '../../../src/observe/overview/shell-word.ts'
import { letterOf, NOW } from './support/records.ts'

function replayed(replays: number) {
  return letterOf({ kind: 'replayed', replays })
}

describe('letters that wait for somebody', () => {
  it('are counted by cause and destination, most first', () => {
    const counts = new LetterCounts()
    counts.add(letterOf({ destination: 'alerts', recorded_at: NOW - 9_000 }), 0)
    for (const atMs of [NOW - 5_000, NOW - 8_000]) counts.add(letterOf({ recorded_at: atMs }), 1)
    expect(counts.views(null)).toEqual([
      {
        cause: 'rejected',
        destination: 'sales',
        count: 2,
        oldestAt: NOW - 8_000,
        newestAt: NOW - 5_000,
        command: 'bellhop dead replay --cause rejected --destination sales',
      },
      expect.objectContaining({ destination: 'alerts', count: 1 }),
    ])
  })

  it('are fewer by each that was replayed, and gone with the last', () => {
    const counts = new LetterCounts()
    counts.begins(0, 5)
    for (const _ of [5, 6]) counts.add(letterOf(), 0)
    counts.add(replayed(5), 0)
    expect(counts.views(null)).toEqual([expect.objectContaining({ count: 1 })])
    counts.add(replayed(6), 0)
    expect(counts.views(null)).toEqual([])
    counts.add(replayed(6), 0)
    counts.add(letterOf(), 0)
    expect(counts.views(null)).toEqual([expect.objectContaining({ count: 1 })])
  })

  it('are not fewer by the mark of a letter that was deleted before we looked', () => {
    const counts = new LetterCounts()
    counts.begins(0, 100)
    counts.add(letterOf(), 0)
    counts.add(replayed(99), 0)
    expect(counts.views(null)).toEqual([expect.objectContaining({ count: 1 })])
  })

  it.each([
    [
      'what no configuration can mend',
      { cause: 'not_json', destination: null },
      null,
      'list --cause not_json',
    ],
    ['events', { cause: 'too_large', destination: null }, null, 'replay --cause too_large'],
    [
      'the reader’s own configuration',
      { cause: 'rejected', destination: 'sales' },
      'my config.yaml',
      "replay -c 'my config.yaml' --cause rejected --destination sales",
    ],
    [
      'a name that was written to do harm',
      { cause: 'rejected', destination: "x'; rm -rf ~ #" },
      null,
      `replay --cause rejected --destination 'x'\\''; rm -rf ~ #'`,
    ],
  ] as const)('name the command for %s', (_, letter, config, command) => {
    const counts = new LetterCounts()
    counts.add(letterOf(letter), 0)
    expect(counts.views(config)[0]?.command).toBe(`bellhop dead ${command}`)
  })

  it('of ever new destinations are counted together, so that memory stays bounded', () => {
    const counts = new LetterCounts()
    for (let nth = 0; nth < 5_000; nth += 1) counts.add(letterOf({ destination: `d${nth}` }), 0)
    const views = counts.views(null)
    expect(views).toHaveLength(2_001)
    expect(views[0]).toMatchObject({ count: 3_000, command: 'bellhop dead replay --cause rejected' })
  })
})

it.each([
  ['sales-1.eu', 'sales-1.eu'],
  ['', "''"],
  ['$(id)', "'$(id)'"],
  ["it's", "'it'\\''s'"],
])('%s as one word of a shell', (text, word) => {
  expect(shellWord(text)).toBe(word)
})
