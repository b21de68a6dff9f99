import { describe, expect, it } from 'vitest'
import { formatProgress, formatSummary, styleFor, terminalStyle } from '../../src/demo/report.ts'
import { createTally, type Tally } from '../../src/demo/tally.ts'

function summaryOf(
  play: (tally: Tally) => void,
  { style = styleFor({}, {}), figures = [] as [string, string][] } = {},
): string {
  const tally = createTally()
  play(tally)
  const run = { rateLimited: 0, trafficMs: 30_012, drainMs: 1_240, figures }
  return formatSummary({ summary: tally.summary(), ...run }, style)
}

function deliver(tally: Tally, text: string, latencyMs = 40): void {
  tally.produced()
  tally.expected({ destination: 'sales', text, producedAtMs: 0 })
  tally.arrived({ destination: 'sales', text, atMs: latencyMs })
}

describe('summary', () => {
  it('is short, aligned and without colour where all is well and no terminal is there', () => {
    const text = summaryOf((tally) => {
      deliver(tally, 'a', 38)
      deliver(tally, 'b', 1_270)
      tally.produced()
      tally.expectedDeadLetter('not_json')
      tally.deadLettered('not_json')
    })
    expect(text).toBe(`  events in      3 in 30.0 s, drained in 1.2 s
  matched        2
  delivered      2
  dead-lettered  1 (not_json 1)
  lost           0
  repeated       0
  unexpected     0
  429 answers    0
  latency        p50 38 ms, p99 1.27 s

  ✓ every message arrived, once and unchanged: 2
`)
  })

  it('tells how the events were written, where there is more to tell', () => {
    const text = summaryOf((tally) => deliver(tally, 'a'), {
      figures: [
        ['schemas', 'two'],
        ['own records', 'Avro'],
      ],
    })
    expect(text).toContain(
      'drained in 1.2 s\n  schemas        two\n  own records    Avro\n  matched        1\n',
    )
  })

  it('lists what went wrong by channel and text', () => {
    const text = summaryOf((tally) => {
      tally.expected({ destination: 'sales', text: 'dropped', producedAtMs: 0 })
      deliver(tally, 'twice')
      tally.arrived({ destination: 'sales', text: 'twice', atMs: 90 })
      tally.arrived({ destination: 'nps', text: 'stray', atMs: 90 })
      tally.expectedDeadLetter('not_json')
    })
    expect(text).toMatch(/^ {2}lost {11}2$/m)
    expect(text).toMatch(/^ {4}sales: "dropped"$/m)
    expect(text).toMatch(/^ {4}sales: "twice"$/m)
    expect(text).toMatch(/^ {4}nps: "stray"$/m)
    expect(text).toMatch(/^ {2}lost dead letters\n {4}1 \(not_json 1\)$/m)
    expect(text).toMatch(/✗ what arrived is not what was expected\n$/)
  })

  it('lists ten of many and counts the rest', () => {
    const text = summaryOf((tally) => {
      for (let n = 0; n < 1_012; n++) tally.arrived({ destination: 'nps', text: `stray ${n}`, atMs: 0 })
    })
    expect(text.match(/ {4}nps:/g)).toHaveLength(10)
    expect(text).toContain('and 1,002 more')
  })

  it('lets no text of an event steer the terminal, and cuts what is long', () => {
    const hostile = `\u001b[2J\u009b31m\u202egnp.exe\r\n${'x'.repeat(500)}`
    const text = summaryOf((tally) => tally.arrived({ destination: 'nps', text: hostile, atMs: 0 }))
    expect(text).not.toMatch(/[\u001b\u009b\u202e\r]/)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(120)
  })

  it('says so where nothing was delivered', () => {
    expect(summaryOf(() => {})).toMatch(/latency +none/)
  })
})

describe('progress', () => {
  const progress = {
    phase: 'traffic' as const,
    elapsedMs: 9_900,
    trafficMs: 30_000,
    events: 1_980,
    delivered: 41,
    pending: 3,
    rateLimited: 0,
  }

  it('is one line whose columns stay where they are', () => {
    const early = formatProgress(progress)
    const late = formatProgress({
      ...progress,
      elapsedMs: 29_999,
      events: 6_000,
      delivered: 120,
      pending: 12,
    })
    const drain = formatProgress({ ...progress, phase: 'drain' })
    expect(early).toBe('   9 s of 30 s     1,980 events      41 delivered     3 on their way   0 × 429')
    expect(late).toHaveLength(early.length)
    expect(drain).toHaveLength(early.length)
    expect(drain).toMatch(/^ {2}draining/)
  })
})

describe('style', () => {
  it.each([
    { name: 'a terminal', stream: { isTTY: true }, env: {}, colour: true },
    { name: 'a pipe', stream: {}, env: {}, colour: false },
    { name: 'NO_COLOR', stream: { isTTY: true }, env: { NO_COLOR: '1' }, colour: false },
    {
      name: 'an empty NO_COLOR counts as not set',
      stream: { isTTY: true },
      env: { NO_COLOR: '' },
      colour: true,
    },
  ])('$name', ({ stream, env, colour }) => {
    expect(styleFor(stream, env) === terminalStyle).toBe(colour)
  })
})
