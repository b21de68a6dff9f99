import { describe, expect, it } from 'vitest'
import type { FaultStory } from '../../src/demo/faults/fault.ts'
import { formatProgress, formatSummary, styleFor, terminalStyle } from '../../src/demo/report.ts'
import { createTally, type Excuse, type Repeat, type Tally } from '../../src/demo/tally.ts'

function summaryOf(
  play: (tally: Tally) => void,
  {
    style = styleFor({}, {}),
    figures = [] as [string, string][],
    stories = null as FaultStory[] | null,
    excuseOf = (_: Repeat): Excuse | null => null,
  } = {},
): string {
  const tally = createTally()
  play(tally)
  const summary = tally.summary(excuseOf)
  const ok = summary.ok && (stories ?? []).every(({ failure }) => failure === null)
  const run = { rateLimited: 0, trafficMs: 30_012, drainMs: 1_240, figures }
  return formatSummary({ ok, summary, stories, ...run }, style)
}

const STORIES: FaultStory[] = [
  { kind: 'gone', channel: 'nps', lastedMs: 6_000, refused: 1, letters: 9, replayed: 9, failure: null },
  {
    kind: 'throttled',
    channel: 'sales',
    lastedMs: 3_600,
    answers: 2,
    retryAfterSeconds: 2,
    failure: null,
  },
  { kind: 'kill', process: 'process 2', partitions: 6, takeoverMs: 6_512, failure: null },
]

function deliver(tally: Tally, text: string, latencyMs = 40): void {
  tally.produced()
  tally.expected({ destination: 'sales', text, producedAtMs: 0, messageId: text })
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
      tally.expected({ destination: 'sales', text: 'dropped', producedAtMs: 0, messageId: 'd' })
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

  it('says what was survived, each fault with its figures', () => {
    const text = summaryOf((tally) => deliver(tally, 'a'), { stories: STORIES })
    expect(text).toContain(`latency        p50 40 ms, p99 40 ms, faults included

  survived
    #nps's webhook was gone for 6 s: 1 post refused, 9 dead letters, replayed
    #sales was throttled for 3.6 s: 2 posts answered 429, each Retry-After of 2 s kept
    process 2 was killed (kill -9) and replaced: its 6 partitions taken over after 6.5 s

  ✓ every message arrived, once and unchanged, through all of it: 1
`)
  })

  it('names what came twice since it was in flight at the kill, and does not blame it', () => {
    const text = summaryOf(
      (tally) => {
        deliver(tally, 'twice')
        tally.arrived({ destination: 'sales', text: 'twice', atMs: 90 })
      },
      { stories: STORIES, excuseOf: () => 'kill' },
    )
    expect(text).toMatch(/^ {2}repeated {7}0, and 1 that was in flight at the kill$/m)
    expect(text).toMatch(/^ {2}came twice: in flight when the process was killed\n {4}sales: "twice"$/m)
    expect(text).toContain(
      '✓ every message arrived, unchanged, through all of it: 1; 1 came twice, as it was in flight at the kill',
    )
  })

  it('tells apart what came twice at the kill, and what since a process stood still', () => {
    const text = summaryOf(
      (tally) => {
        for (const name of ['a', 'b', 'c']) {
          deliver(tally, name)
          tally.arrived({ destination: 'sales', text: name, atMs: 90 })
        }
      },
      { stories: STORIES, excuseOf: ({ text }) => (text === 'a' ? 'kill' : 'lapse') },
    )
    expect(text).toMatch(
      /^ {2}repeated {7}0, and 1 that was in flight at the kill, and 2 that were in flight when a process stood still$/m,
    )
    expect(text).toMatch(
      /^ {2}came twice: in flight when a process stood still for longer than its session, .+\n {4}sales: "b"\n {4}sales: "c"$/m,
    )
    expect(text).toContain(
      '3; 3 came twice, as they were in flight at the kill, or when a process stood still',
    )
  })

  it('fails where a fault was not mended as it must be', () => {
    const failure = 'not all that it had was taken over'
    const stories: FaultStory[] = [
      { kind: 'kill', process: 'process 2', partitions: 6, takeoverMs: null, failure },
    ]
    const text = summaryOf((tally) => deliver(tally, 'a'), { stories })
    expect(text).toContain(`process 2 was killed (kill -9) and replaced\n    ✗ ${failure}\n`)
    expect(text).toMatch(/✗ every message arrived, but not everything went as it must\n$/)
  })

  it.each([
    { story: { ...STORIES[0], lastedMs: null } as FaultStory, says: 'no webhook was gone' },
    { story: { ...STORIES[0], refused: 0, letters: 0 } as FaultStory, says: 'no message met it' },
    { story: { ...STORIES[0], replayed: 7 } as FaultStory, says: '9 dead letters, 7 letters replayed' },
    { story: { ...STORIES[1], answers: 0 } as FaultStory, says: 'no message met it' },
    { story: { ...STORIES[2], process: '' } as FaultStory, says: 'no process was killed' },
  ])('does not boast of what did not happen: $says', ({ story, says }) => {
    expect(summaryOf(() => {}, { stories: [story] })).toContain(says)
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
    expect(early).toBe('   9 s of 30 s     1,980 events      41 delivered     3 to come   0 × 429')
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
