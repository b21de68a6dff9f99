import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { parseFilter } from '../../src/cli/dead/filter-options.ts'
import { createOutput, jsonLine, plainText } from '../../src/cli/dead/output.ts'
import { deadReplay } from '../../src/cli/dead/replay.ts'
import { deadShow } from '../../src/cli/dead/show.ts'
import { createTable } from '../../src/cli/dead/table.ts'
import { createProgressLine, formatProgress } from '../../src/cli/progress.ts'
import { Secret } from '../../src/core/secret.ts'
import { REPLAY_SKIP_REASONS } from '../../src/dead/replay-policy.ts'
import { createSecretMask } from '../../src/observe/mask-secrets.ts'
import { cutTo, timeText } from '../../src/observe/wording.ts'
import { page, plain, rowsWith } from '../docs/support/markdown.ts'
import { captureIo } from './support/captured-io.ts'

const mask = createSecretMask([new Secret('https://chat.example.com/hooks/abcdefghijklmnop')])

describe('arguments', () => {
  it.each([
    ['nothing to replay', () => deadReplay([], {}, captureIo()), /name what to replay: ids, --destination/],
    ['a dry run of nothing', () => deadReplay([], { dryRun: true }, captureIo()), /name what to replay/],
    ['--all beside ids', () => deadReplay(['a:0:1'], { all: true }, captureIo()), /--all stands alone/],
    [
      '--all beside a filter',
      () => deadReplay([], { all: true, cause: 'expired' }, captureIo()),
      /--all stands alone/,
    ],
    [
      'an id that is none',
      () => deadShow('order-completed', {}, captureIo()),
      /"order-completed" names no letter/,
    ],
    [
      'a cause that is none',
      () => deadReplay([], { cause: 'reject' }, captureIo()),
      /did you mean "rejected"\?/,
    ],
    ['a time that is none', () => deadReplay([], { since: 'lately' }, captureIo()), /a duration such as 24h/],
    ['a duration without its unit', () => deadReplay([], { since: '7' }, captureIo()), /--since 7: write/],
    ['another, which is a month to some', () => deadReplay([], { since: '12' }, captureIo()), /--since 12:/],
    ['a word with a number', () => deadReplay([], { since: 'last-3' }, captureIo()), /--since last-3:/],
    ['a time of no zone', () => deadReplay([], { since: '2026-01-31T08:00' }, captureIo()), /with its zone/],
  ])('that are wrong are told at once: %s', async (_what, command, message) => {
    await expect(command()).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(message) })
  })

  it.each([
    ['24h', 1_000_000_000 - 86_400_000],
    ['1970-01-02T00:00:00Z', 86_400_000],
    ['1970-01-02', 86_400_000],
  ])('--since %s is a time', (since, sinceMs) => {
    expect(parseFilter({ since }, [], 1_000_000_000)).toMatchObject({ sinceMs })
  })
})

describe('what is shown', () => {
  it.each([
    ['a secret of the configuration', 'at https://chat.example.com/hooks/abcdefghijklmnop'],
    ['its path', '/hooks/abcdefghijklmnop'],
    ['a token', 'xoxb-123456789012'],
  ])('holds no secret: %s', (_what, text) => {
    for (const shown of [plainText(text, mask), jsonLine({ text }, mask)]) {
      expect(shown).toContain('<redacted>')
      expect(shown).not.toMatch(/abcdefghijklmnop|123456789012/)
    }
  })

  it('holds nothing that acts on a terminal', () => {
    const text = 'a\u001b[31m\nb\u009b2J\u202ec\u2028d'
    expect(plainText(text, mask)).toBe('a [31m b 2J c d')
    expect(jsonLine(text, mask)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/)
  })

  it.each([
    ['a time', timeText(1_700_000_000_000), '2023-11-14 22:13:20Z'],
    ['a time that no Date holds', timeText(9e15), '9000000000000000'],
    ['a text that fits', cutTo('abc', 3), 'abc'],
    ['a text that is cut, by whole characters', cutTo('a🎉🎉b', 3), 'a🎉…'],
  ])('is %s', (_what, shown, expected) => expect(shown).toBe(expected))
})

describe('a table', () => {
  it('aligns its columns, and lets a later, longer cell push its row out', async () => {
    const lines: string[] = []
    const table = createTable(['A', 'B'], async (line) => void lines.push(line))
    for (let row = 0; row < 100; row += 1) await table.row(['xxx', '1'])
    await table.row(['longer', '2'])
    await table.end()
    expect([lines[0], lines[1], lines.at(-1)]).toEqual(['A    B', 'xxx  1', 'longer  2'])
    expect(lines).toHaveLength(102)
  })

  it('without a row is nothing', async () => {
    const lines: string[] = []
    await createTable(['A'], async (line) => void lines.push(line)).end()
    expect(lines).toEqual([])
  })
})

describe('progress', () => {
  it.each([
    ['with a pace', { passed: 450, total: 1_000, done: 400 }, 10_000, ' 45 %  400 replayed  40/s  13 s left'],
    ['before anything', { passed: 0, total: 1_000, done: 0 }, 0, '  0 %  0 replayed  0/s'],
    ['of nothing', { passed: 0, total: 0, done: 0 }, 1_000, '100 %  0 replayed  0/s  0 s left'],
  ])('says %s', (_what, at, elapsedMs, text) => {
    expect(formatProgress(at, { verb: 'replayed', elapsedMs })).toBe(text)
  })

  const run = (isTTY: boolean): string => {
    let nowMs = 0
    const io = captureIo()
    const stream = Object.assign(io.stderr, { isTTY })
    const line = createProgressLine(stream, 'replayed', { nowMs: () => nowMs, monotonicMs: () => nowMs })
    for (nowMs = 0; nowMs <= 10_000; nowMs += 50) line.update({ passed: nowMs, total: 10_000, done: nowMs })
    line.clear()
    return io.err()
  }

  it('is a bar that changes on a terminal, and is gone at the end', () => {
    const written = run(true)
    expect(written).toContain('\r\u001b[2K[████████████░░░░░░░░░░░░]  50 %')
    expect(written).toMatch(/\r\u001b\[2K$/)
    expect(written).not.toContain('\n')
  })

  it('is a line now and then elsewhere', () => {
    expect(run(false)).toBe(
      ' 50 %  5,000 replayed  1,000/s  5 s left\n100 %  10,000 replayed  1,000/s  0 s left\n',
    )
  })
})

describe('output', () => {
  it('waits for a reader that is slow', async () => {
    const slow = new PassThrough({ highWaterMark: 10 })
    const output = createOutput(slow)
    await output.line('x'.repeat(100))
    let flushed = false
    const flushing = output.flush().then(() => {
      flushed = true
    })
    await Promise.resolve()
    expect(flushed).toBe(false)
    slow.resume()
    await flushing
  })

  it('ends quietly where the reader has gone', () => {
    const gone = new PassThrough()
    const output = createOutput(gone)
    gone.emit('error', Object.assign(new Error('broken pipe'), { code: 'EPIPE' }))
    expect(output.open).toBe(false)
  })
})

describe('docs/dead-letters.md', () => {
  it('has a row for each reason to leave a letter, and no other', () => {
    const explained = rowsWith(['reason', 'meaning', 'what to do'], page('docs/dead-letters.md'))
    expect(explained.map((row) => plain(row.reason ?? '')).sort()).toEqual([...REPLAY_SKIP_REASONS].sort())
  })
})
