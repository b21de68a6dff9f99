import { spawnSync } from 'node:child_process'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { createLogger } from '../../src/observe/logger.ts'
import { captureStream } from './support/captured-stream.ts'

const MARKER = 'marker-7f3a9c41d2'
const SECRETS = [
  new Secret(`https://hooks.slack.com/services/T000/B000/${MARKER}`),
  new Secret(`xoxb-1234-${MARKER}`),
  new Secret(`pa"ss\\word-${MARKER}`),
]

function jsonLog(options: { level?: string; secrets?: Secret[] } = {}) {
  const captured = captureStream()
  return { ...captured, log: createLogger({ stream: captured.stream, ...options }) }
}

function prettyLog(secrets: Secret[] = []) {
  const captured = captureStream({ isTTY: true })
  return { ...captured, log: createLogger({ stream: captured.stream, secrets, colour: false }) }
}

describe('a record on a pipe', () => {
  it('is one line of JSON with the level by name, an ISO time and the sentence in msg', () => {
    const { log, lines } = jsonLog()
    log.warn({ destination: 'sales' }, 'sales waits 2 s')
    expect(lines()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        pid: process.pid,
        destination: 'sales',
        msg: 'sales waits 2 s',
      },
    ])
  })

  it('is written before the call returns', () => {
    const { log, text } = jsonLog()
    log.info('now')
    expect(text()).toContain('"msg":"now"')
  })

  it('is left out below the level', () => {
    const { log, lines } = jsonLog({ level: 'warn' })
    log.info('quiet')
    log.error('loud')
    expect(lines().map(({ msg }) => msg)).toEqual(['loud'])
  })

  it('leaves placeholders in a sentence as they are', () => {
    const { log, lines } = jsonLog()
    log.info({ a: 1 }, '100 %s of %d')
    expect(lines()[0]).toMatchObject({ msg: '100 %s of %d' })
  })

  it('cuts a field that holds a whole event', () => {
    const { log, lines } = jsonLog()
    log.info({ detail: 'x'.repeat(1_000_000) }, 'long')
    expect(lines()[0]?.detail).toBe(`${'x'.repeat(1000)}…`)
  })
})

describe('the level', () => {
  it('is info unless another is asked for', () => {
    expect(jsonLog().log.level).toBe('info')
  })

  it.each(['loud', '', 'INFO', 'toString', '30'])('refuses %j and names those that exist', (level) => {
    const create = () => jsonLog({ level })
    expect(create).toThrow(AppError)
    expect(create).toThrow(/^there is no log level .*: use one of trace, debug, info, warn, error$/)
  })
})

const HOSTILE = [
  ['a line break that forges a record', 'x\n{"level":"info","msg":"forged"}'],
  ['a carriage return that hides the line', 'x\rINFO: all is well'],
  ['a terminal escape sequence', 'x\u001b[2J\u001b]0;title\u0007'],
  ['a one-byte escape introducer', 'x\u009b31m'],
  ['a backspace and a delete', 'x\b\u007f'],
  ['a line separator', 'x\u2028y\u2029z'],
  ['a reversed reading direction', 'x\u202egnp.exe\u2066'],
  ['quotes and braces', '"},{"level":"fatal'],
  ['a backslash before what looks like an escape', '\\u001b[2J \\n \\\\n'],
  ['half a surrogate pair', 'x\ud83d'],
  ['a null character', 'x\u0000y'],
] as const

describe.each(HOSTILE)('%s', (_, text) => {
  it.each(['field', 'sentence', 'error'])('stays data in the %s of a JSON record', (place) => {
    const { log, text: written, lines } = jsonLog()
    if (place === 'field') log.info({ detail: text }, 'fine')
    if (place === 'sentence') log.info(text)
    if (place === 'error') log.info({ error: new Error(text) }, 'fine')
    expect(written().match(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g)).toEqual(['\n'])
    const wellFormed = text.toWellFormed()
    const [line] = lines()
    if (place === 'field') expect(String(line?.detail).toWellFormed()).toBe(wellFormed)
    if (place === 'sentence') expect(String(line?.msg).toWellFormed()).toBe(wellFormed)
    if (place === 'error') expect(line?.error).toMatchObject({ type: 'Error' })
  })

  it.each(['field', 'sentence', 'error'])('cannot act on a terminal from the %s', (place) => {
    const { log, text: written } = prettyLog()
    if (place === 'field') log.info({ detail: text }, 'fine')
    if (place === 'sentence') log.info(text)
    if (place === 'error') log.info({ error: new Error(text) }, 'fine')
    expect(written().match(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g)).toEqual(['\n'])
  })
})

describe('a record on a terminal', () => {
  it('is one line for a person, with the fields behind the sentence', () => {
    const { log, text } = prettyLog()
    log.warn({ event: 'laneHeld', destination: 'sales' }, 'sales waits 2 s')
    expect(text()).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: sales waits 2 s \{"destination":"sales"\}\n$/)
  })

  it('is written before the call returns', () => {
    const { log, text } = prettyLog()
    log.info('now')
    expect(text()).toContain('now')
  })
})

/** How a secret can come near a log line. */
const LEAKS: [string, (log: ReturnType<typeof createLogger>) => void][] = [
  ['a Secret as a field', (log) => log.info({ url: SECRETS[0] }, 'leak')],
  ['a Secret inside an object', (log) => log.info({ destination: { url: SECRETS[0] } }, 'leak')],
  ['a Secret in a sentence', (log) => log.info(`posting to ${SECRETS[0]}`)],
  ['a revealed URL in a sentence', (log) => log.info(`posting to ${SECRETS[0]?.reveal()}`)],
  ['a revealed URL as a field', (log) => log.info({ url: SECRETS[0]?.reveal() }, 'leak')],
  [
    'a path without its host',
    (log) => log.info({ detail: `POST /services/T000/B000/${MARKER} 404` }, 'leak'),
  ],
  ['the last part of a webhook alone', (log) => log.info({ detail: `no ${MARKER} here` }, 'leak')],
  [
    'a token in an error',
    (log) => log.error({ error: new Error(`bad token ${SECRETS[1]?.reveal()}`) }, 'leak'),
  ],
  [
    'a password with quotes and backslashes in a cause',
    (log) => log.error({ error: new Error('outer', { cause: new Error(SECRETS[2]?.reveal()) }) }, 'leak'),
  ],
  [
    'a client error that carries its configuration',
    (log) =>
      log.error(
        { error: Object.assign(new Error('no'), { config: { password: SECRETS[2]?.reveal() } }) },
        'leak',
      ),
  ],
  ['an error logged as the record itself', (log) => log.error(new Error(`at ${SECRETS[0]?.reveal()}`))],
  [
    'an error in a field of another name',
    (log) => log.error({ why: new Error(SECRETS[1]?.reveal()) }, 'leak'),
  ],
  [
    'a URL that does not parse',
    (log) => log.error({ error: catchError(() => new URL(`x:${MARKER} `, 'y')) }, 'leak'),
  ],
  [
    'a long text, cut where the secret stands',
    (log) =>
      log.info({ detail: `${'x'.repeat(1000 - 60)}${SECRETS[0]?.reveal()}${'x'.repeat(100)}` }, 'leak'),
  ],
  [
    'a long error message, cut where the secret stands',
    (log) => log.info({ error: new Error(`${'x'.repeat(1000 - 20)}${SECRETS[1]?.reveal()}`) }, 'leak'),
  ],
  ['what a child logger is bound to', (log) => log.child({ url: SECRETS[0]?.reveal() }).info('leak')],
]

function catchError(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error
  }
}

describe.each([
  ['a pipe', false],
  ['a terminal', true],
])('on %s no secret is in the line', (_, isTTY) => {
  it.each(LEAKS)('from %s', (_name, leak) => {
    const captured = captureStream({ isTTY })
    leak(createLogger({ stream: captured.stream, secrets: SECRETS, colour: false }))
    expect(captured.text()).not.toBe('')
    for (let length = 10; length <= MARKER.length; length += 1) {
      expect(captured.text()).not.toContain(MARKER.slice(0, length))
    }
    if (!isTTY) expect(captured.lines()).toHaveLength(1)
  })
})

it('masks webhooks and tokens of Slack that are in no configuration', () => {
  const { log, text } = jsonLog()
  log.info(
    { a: 'see https://hooks.slack.com/services/T1/B2/c3d4e5 now', b: 'xapp-1-A1B2C3D4' },
    'from xoxp-98765432-1',
  )
  expect(text()).toContain('"a":"see <redacted> now","b":"<redacted>","msg":"from <redacted>"')
})

it('prints no secret when the logger itself is inspected', () => {
  const { log } = jsonLog({ secrets: SECRETS })
  expect(inspect(log, { depth: 6, showHidden: true })).not.toContain(MARKER)
})

describe('the last lines before an exit', () => {
  it.each([
    ['JSON', 'process.stderr'],
    ['pretty', 'Object.assign(Object.create(process.stderr), { isTTY: true })'],
  ])('are not lost (%s)', (_, stream) => {
    const script = `
      import { createLogger } from ${JSON.stringify(new URL('../../src/observe/logger.ts', import.meta.url).href)}
      const log = createLogger({ stream: ${stream}, colour: false })
      for (let i = 0; i < 5000; i++) log.info({ i }, 'line')
      process.exit(0)`
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      maxBuffer: 8 * 1024 * 1024,
    })
    const written = stderr.split('\n').filter((line) => line !== '')
    expect(written).toHaveLength(5000)
    expect(written.at(-1)).toContain('4999')
  })
})
