import { describe, expect, it } from 'vitest'
import { ProcessBook } from '../../../src/observe/status/process-book.ts'
import { processOf } from '../overview/support/records.ts'

/** Heard of at 0, looked at every second until `untilMs`. */
function bookThatLooks(untilMs: number): ProcessBook {
  const book = new ProcessBook()
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 1_000) {
    if (nowMs === 0) book.note(processOf('a'), { ageMs: 0, monotonicMs: 0 })
    book.looked(nowMs)
  }
  return book
}

describe('who lives', () => {
  it.each([
    ['is heard of', 2_000, [{ process: 'a', gone: false }]],
    ['has been quiet for nearly 15 s', 14_999, [{ process: 'a', gone: false }]],
    ['is gone after 15 s without a word', 15_000, [{ process: 'a', gone: true }]],
    ['is no news after two minutes', 120_000, []],
  ])('%s', (_, nowMs, expected) => {
    const seen = bookThatLooks(nowMs).processes(nowMs)
    expect(seen.map(({ status, gone }) => ({ process: status.process, gone }))).toEqual(expected)
  })

  it('is not there any more once it has stopped in order', () => {
    const book = bookThatLooks(1_000)
    book.ended('a')
    expect(book.processes(1_000)).toEqual([])
  })

  it('is told by when the record came, whatever clock its host has', () => {
    const book = new ProcessBook()
    book.note(processOf('a', { recorded_at: 0 }), { ageMs: 0, monotonicMs: 1_000 })
    expect(book.processes(2_000)[0]).toMatchObject({ gone: false, quietMs: 1_000 })
  })

  it('is gone already where its last record lay there for long before we came', () => {
    const book = new ProcessBook()
    book.note(processOf('a'), { ageMs: 60_000, monotonicMs: 1_000 })
    expect(book.processes(1_000)[0]).toMatchObject({ gone: true, quietMs: 60_000 })
  })

  it('counts no silence while the topic could not be read, neither then nor after', () => {
    const book = bookThatLooks(10_000)
    expect(book.processes(100_000)[0]).toMatchObject({ gone: false, quietMs: 100_000 })
    book.looked(100_000)
    expect(book.processes(100_000)[0]).toMatchObject({ gone: false })
    for (let nowMs = 101_000; nowMs <= 105_000; nowMs += 1_000) book.looked(nowMs)
    expect(book.processes(105_000)[0]).toMatchObject({ gone: true })
  })

  it('remembers no more than a thousand, and those it knows go on being heard', () => {
    const book = new ProcessBook()
    for (let nth = 0; nth < 1_500; nth += 1) book.note(processOf(`p${nth}`), { ageMs: 0, monotonicMs: nth })
    book.note(processOf('p7', { ready: false }), { ageMs: 0, monotonicMs: 2_000 })
    const seen = book.processes(2_000)
    expect(seen).toHaveLength(1_000)
    expect(seen.find(({ status }) => status.process === 'p7')?.status.ready).toBe(false)
  })
})
