import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { test } from '../../src/cli/test.ts'
import { writeFiles } from '../config/load-text.ts'
import { captureIo } from './support/captured-io.ts'

const CONFIG = `
kafka: { brokers: "localhost:9092", events: [orders] }
destinations:
  sales: { webhook_url: "\${UNSET_WEBHOOK}" }
  vip: { webhook_url: "\${UNSET_WEBHOOK}/vip" }
  closed: { type: blackhole, enabled: false }
actions:
  - id: order
    trigger: type = "track" and event = "Order Completed"
    message: |-
      {{ properties.name }} ordered
      for {{ properties.total }}
    destination: sales
  - id: big
    trigger: type = "track" and event = "Order Completed" and (properties.total > 100 or properties.vip = true)
    message: big {{ properties.total }}
    destination: [sales, vip]
  - { id: off, enabled: false, trigger: type = "track", message: "off", destination: vip }
  - { id: page, trigger: type = "page", message: "page", destination: [vip, closed] }
`
/** What needs no secret says so of those that are not set. */
const UNSET = `warning: FOLDER/bellhop.yaml:4:26: the environment variable UNSET_WEBHOOK is not set
warning: FOLDER/bellhop.yaml:5:24: the environment variable UNSET_WEBHOOK is not set
`
const GOOD = `
tests:
  - name: an order
    event: &order { type: track, event: Order Completed, properties: { name: Ann, total: 42 } }
    expect: { sales: "Ann ordered\\nfor 42" }
  - name: another event
    event: { <<: *order, event: Order Started }
    expect: none
`
const BAD = `
tests:
  - name: an order by Bob
    event: { type: track, event: Order Completed, properties: { name: Ann, total: 42 } }
    expect:
      sales: "Bob ordered\\nfor 42"
      vip: { contains: big }
  - name: a big order
    event: { type: track, event: Order Completed, properties: { name: Ann, total: 142 } }
    expect: { sales: [ { contains: ordered }, { contains: 143 } ] }
`

async function run(
  files: Record<string, string>,
  change: { env?: Record<string, string>; isTTY?: boolean } = {},
) {
  const folder = writeFiles(files)
  const io = captureIo(change.env)
  if (change.isTTY === true) Object.assign(io.stdout, { isTTY: true })
  const code = await test({ config: join(folder, 'bellhop.yaml') }, io)
  return { code, out: io.out().replaceAll(`${folder}/`, ''), err: io.err().replaceAll(folder, 'FOLDER') }
}

describe('bellhop test', () => {
  it('counts what passed, by file and at last altogether, and needs no secret', async () => {
    const files = { 'bellhop.yaml': CONFIG, 'a_test.yaml': GOOD, 'b_test.yml': GOOD }
    expect(await run(files)).toEqual({
      code: 0,
      out: 'a_test.yaml: 2 passed, 0 failed\nb_test.yml: 2 passed, 0 failed\n4 passed, 0 failed\n',
      err: UNSET,
    })
  })

  it('shows what differs, and why nothing was sent', async () => {
    expect(await run({ 'bellhop.yaml': CONFIG, 'a_test.yaml': GOOD, 'b_test.yaml': BAD })).toEqual({
      code: 1,
      out: `FAIL  b_test.yaml:3  an order by Bob
      sales, message 1, of order:
      - Bob ordered
      + Ann ordered
        for 42
      vip, message 1: nothing would be sent
      - ... big ...
        off: it is disabled; its trigger holds
        big: none of 2 held: properties.total > 100 or properties.vip = true
          properties.total > 100: properties.total is 42
          properties.vip = true: properties.vip is missing

FAIL  b_test.yaml:8  a big order
      sales, message 2, of big:
      - ... 143 ...
      + big 142
      vip: big would send what the test does not expect
      + big 142

a_test.yaml: 2 passed, 0 failed
b_test.yaml: 0 passed, 2 failed
2 passed, 2 failed
`,
      err: UNSET,
    })
  })

  it.each([
    ['is disabled', 'closed', '        page: sent, but closed is disabled\n'],
    [
      'gets nothing from an action that fired for another',
      'sales',
      '        order: type = "track": type is "page"\n        big: type = "track": type is "page"\n',
    ],
  ])('says why a destination that %s gets nothing', async (_, destination, why) => {
    const tests = `tests: [{ name: x, event: { type: page }, expect: { vip: page, ${destination}: page } }]`
    const { out } = await run({ 'bellhop.yaml': CONFIG, 'b_test.yaml': tests })
    expect(out).toContain(
      `      ${destination}, message 1: nothing would be sent\n      - page\n${why}\n0 passed`,
    )
  })

  it.each([
    ['on a terminal', { isTTY: true }, true],
    ['elsewhere', {}, false],
    ['where NO_COLOR is set', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['where NO_COLOR is empty', { isTTY: true, env: { NO_COLOR: '' } }, true],
  ])('%s has colours: only there', async (_, change, isColoured) => {
    const { out } = await run({ 'bellhop.yaml': CONFIG, 'b_test.yaml': BAD }, change)
    expect(out.includes('\u001b[31m      - Bob ordered\u001b[0m')).toBe(isColoured)
    expect(out.includes('\u001b')).toBe(isColoured)
  })

  it('fails where there is no test file, and shows one', async () => {
    const { code, out, err } = await run({ 'bellhop.yaml': CONFIG })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/\nno \*_test\.yaml file in FOLDER: write one, such as bellhop_test\.yaml\n/)
    const sample = err.slice(err.indexOf('\n\n') + 2).replaceAll(/^ {2}/gm, '')
    expect(await run({ 'bellhop.yaml': CONFIG, 'bellhop_test.yaml': sample })).toMatchObject({
      code: 0,
      err: UNSET,
    })
  })

  it('refuses a file with a mistake, and runs none', async () => {
    const broken = 'tests:\n  - { name: a, event: {}, expects: none }\n'
    const { code, out, err } = await run({
      'bellhop.yaml': CONFIG,
      'a_test.yaml': GOOD,
      'b_test.yaml': broken,
    })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('FOLDER/b_test.yaml:2:27: there is no such option; did you mean "expect"?\n  2 |')
  })

  it('refuses a configuration with a mistake', async () => {
    const { code, err } = await run({
      'bellhop.yaml': CONFIG.replace('message: "off"', 'massage: "off"'),
      'a_test.yaml': GOOD,
    })
    expect(code).toBe(2)
    expect(err).toContain('did you mean "message"?')
  })

  it('shows no secret, whoever wrote it', async () => {
    const leaking = BAD.replaceAll('Bob', 'https://hooks.slack.com/services/T0/B0/x').replaceAll(
      'Ann',
      'verysecretvalue',
    )
    const env = { UNSET_WEBHOOK: 'https://hooks.slack.com/services/T0/B0/verysecretvalue' }
    const { out } = await run({ 'bellhop.yaml': CONFIG, 'b_test.yaml': leaking }, { env })
    expect(out).toContain('- <redacted> ordered\n      + <redacted> ordered\n')
    expect(out).not.toMatch(/verysecretvalue|services/)
  })

  it('runs what docs/authoring.md shows', async () => {
    const docs = readFileSync('docs/authoring.md', 'utf8')
    const files = [...docs.matchAll(/```yaml\n# (\S+)\n(.*?)```/gs)].map(([, name = '', text = '']) => [
      name,
      text,
    ])
    expect(files.map(([name]) => name)).toEqual(['bellhop.yaml', 'bellhop_test.yaml'])
    expect(await run(Object.fromEntries(files))).toMatchObject({ code: 0, out: '3 passed, 0 failed\n' })
    const other = files.map(([name = '', text = '']) => [
      name,
      text.replace('u1 is on enterprise"  ', 'u2 is on enterprise"  '),
    ])
    const { out } = await run(Object.fromEntries(other))
    expect(docs).toContain(`\n${out}\`\`\`\n`)
  })
})
