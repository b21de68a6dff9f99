import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { check } from '../../src/cli/check.ts'
import { KAFKA, writeFiles } from '../config/load-text.ts'

interface RunOptions {
  env?: Record<string, string>
  strict?: boolean
}

async function run(text: string, { env = {}, strict = false }: RunOptions = {}) {
  const folder = writeFiles({ 'bellhop.yaml': text })
  const written = { stdout: '', stderr: '' }
  const sink = (name: keyof typeof written) => ({
    write(part: string) {
      written[name] += part.replaceAll(`${folder}/`, '')
    },
  })
  const config = join(folder, 'bellhop.yaml')
  const code = await check({ config, strict }, { env, stdout: sink('stdout'), stderr: sink('stderr') })
  return { code, ...written }
}

/** What it prints before the warnings. */
function described(stdout: string): string {
  return stdout.replace(/version [0-9a-f]{12}/, 'version V').replace(/\n\d+ warnings?\n.*$/s, '')
}

describe('bellhop check', () => {
  it('prints what it found, in columns', async () => {
    const { code, stdout, stderr } = await run(`
kafka:
  brokers: localhost:9092
  events: [orders, { topic: signups, start: 2026-01-31 }]
  prefix: staging
  topics: { partitions: 3, replication: 2, retention: 36h }
slack: { rate: 30/m }
destinations:
  sales: { webhook_url: "https://hooks.slack.com/services/T0/B0/x", channel: "#sales" }
  alerts: { token: xoxb-1, channel: "#alerts", icon_emoji: ":bell:", rate: off }
  oncall: { token: xoxb-1, channel: U012345, enabled: false }
  nowhere: { type: blackhole }
actions:
  - id: order
    trigger: >-
      type = "track"
      and event = "Order Completed"
    message: hi
    destination: [sales, oncall]
  - { id: own, trigger: "true", message: hi, enabled: false, topics: [orders], webhook_url: "https://hooks.slack.com/services/T0/B0/y" }
  - { id: bell, trigger: "true", message: hi, destination: alerts, channel: "#ops" }
`)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(described(stdout)).toBe(`bellhop.yaml: 3 actions, 5 destinations, 2 topics (version V)

Actions
  order            -> sales, oncall               type = "track" and event = "Order Completed"
  own    disabled  -> own            from orders  true
  bell             -> alerts                      true

Destinations
  sales              webhook on https://hooks.slack.com, channel #sales  a post every 2s
  alerts             chat.postMessage to #alerts                         not paced
  oncall   disabled  chat.postMessage to U012345                         a post every 2s
  nowhere            blackhole                                                            no action uses it
  own                webhook on https://hooks.slack.com                  a post every 2s

Topics
  reads   orders                json, the first time from the latest
  reads   signups               json, the first time from 2026-01-31T00:00:00.000Z
  writes  staging.dispatch      created where missing: 3 partitions, replication 2, kept 1d12h
  writes  staging.receipts      created where missing: 3 partitions, replication 2, kept 1d12h
  writes  staging.dead-letters  created where missing: 3 partitions, replication 2, kept 1d12h
  writes  staging.controls      created where missing: 1 partition, compacted
  writes  staging.status        created where missing: 1 partition, compacted

Slack scopes
  alerts  chat:write            to post
          chat:write.public     where #alerts, #ops is public and the app has not joined it
          chat:write.customize  for the username and icon
  oncall  chat:write            to post
`)
  })

  it('lists what bellhop sends of its own accord, and does not call its destinations idle', async () => {
    const { stdout } =
      await run(`${KAFKA}destinations: { ops: { type: blackhole }, idle: { type: blackhole } }
canary: { destination: ops, every: 30s }
notify: { destination: ops, dead_letters: 1 }
`)
    expect(stdout).toContain(`
Destinations
  ops   blackhole
  idle  blackhole  no action uses it

Of its own accord
  canary  -> ops  every 30s
  notify  -> ops  breakers, messages older than 10m, 1 dead letter in 10m, refused reloads
`)
  })

  it.each([
    ["an action's username", 'channel: C012345', 'username: Shop', ['chat:write', 'chat:write.customize']],
    [
      "an action's icon",
      'channel: D012345',
      'icon_url: https://x.example/y',
      ['chat:write', 'chat:write.customize'],
    ],
    ["an action's channel by name", 'channel: U012345', 'channel: ops', ['chat:write', 'chat:write.public']],
    ['nothing but ids', 'channel: C012345', 'channel: W012345', ['chat:write']],
  ])('names the scopes that %s needs', async (_, destination, action, expected) => {
    const { stdout } = await run(`${KAFKA}destinations: { ops: { token: xoxb-1, ${destination} } }
actions: [{ id: a, trigger: "true", message: hi, ${action} }]
`)
    expect(stdout.match(/chat:write[.a-z]*/g)).toEqual(expected)
  })

  it('needs no secret: what is not set is a warning', async () => {
    const { code, stdout, stderr } = await run(
      `${KAFKA}destinations: { sales: { webhook_url: "\${SALES}" } }\n`,
    )
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toContain('bellhop.yaml: no actions, 1 destination, 2 topics')
    expect(stdout).toContain(`
1 warning
bellhop.yaml:2:40: the environment variable SALES is not set
  2 | destinations: { sales: { webhook_url: "\${SALES}" } }
    |                                        ^
`)
  })

  it('prints every problem, and nothing else, with exit code 2', async () => {
    const { code, stdout, stderr } = await run(`${KAFKA}slack: { rat: 1/s }\nhttp: x\n`)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toBe(`bellhop.yaml:2:10: slack.rat: there is no such option; did you mean "rate"?
  2 | slack: { rat: <redacted> }
    |          ^

bellhop.yaml:3:7: http: must be host:port, such as 127.0.0.1:9464
  3 | http: x
    |       ^

2 problems
`)
  })

  it('shows a trigger on one line, cut, and nothing that acts on a terminal', async () => {
    const trigger = `event = "${'\\u001b[2J'.repeat(3)}${'x'.repeat(120)}"`
    const { stdout } = await run(`${KAFKA}destinations: { s: { type: blackhole } }
actions: [{ id: a, trigger: ${JSON.stringify(trigger).replaceAll('\\\\u', '\\u')}, message: hi }]
`)
    const line = stdout.split('\n').find((one) => one.includes('-> s')) ?? ''
    expect(line).not.toContain('\u001b')
    expect(line).toMatch(/^ {2}a {2}-> s {2}event = .{91}…$/)
  })

  it('finds the configuration by $BELLHOP_CONFIG', async () => {
    const folder = writeFiles({ 'other.yaml': KAFKA })
    const sink = { write: () => true }
    const env = { BELLHOP_CONFIG: join(folder, 'other.yaml') }
    expect(await check({}, { env, stdout: sink, stderr: sink })).toBe(0)
  })

  it('shows the registry without who logs in there, and what is read from each topic', async () => {
    const { stdout } = await run(`
kafka:
  brokers: localhost:9092
  events:
    - { topic: orders, format: avro, map: { type: track, event: $.eventName, userId: $.customer.id } }
    - signups
registry: { url: "https://registry.example.com/base", username: sEcReT-user, password: sEcReT-password }
`)
    expect(stdout).not.toContain('sEcReT')
    expect(stdout).toContain('\nRegistry\n  https://registry.example.com/base  with a login\n')
    expect(stdout).toMatch(
      /reads +orders +avro \(type track, event \$\.eventName, userId \$\.customer\.id\), the first/,
    )
    expect(stdout).toMatch(/reads +signups +json, the first/)
  })
})

const WARNED = `${KAFKA}destinations: { sales: { webhook_url: "\${SALES}" } }
actions:
  - { id: all, trigger: 'type = "page" and event = "a"', message: '{{{ $.x }}} hi', next_step: look }
`

describe('its warnings', () => {
  it('stand on one line each, with place, reason and name, and with an excerpt where that helps', async () => {
    const { code, stdout, stderr } = await run(WARNED)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.slice(stdout.indexOf('\n5 warnings'))).toBe(`
5 warnings
bellhop.yaml:2:40: the environment variable SALES is not set
  2 | destinations: { sales: { webhook_url: "\${SALES}" } }
    |                                        ^

bellhop.yaml:4:5: actions.all: has no link: whoever acts on it has to search for the record first [no-link]
bellhop.yaml:4:5: actions.all: has no test: a change that breaks it is noticed when its messages are missed [no-test]
bellhop.yaml:4:25: actions.all.trigger: asks for nothing but type and event, so every page call is a message, thousands a day; add a condition [busy-call]

bellhop.yaml:4:68: actions.all.message: is sent without escaping: data in it can notify a channel or forge a link [raw-output]
  4 |   - { id: all, trigger: 'type = "page" and event = "a"', message: '{{{ $.x }}} hi', next_step: look }
    |                                                                    ^

By name (docs/warnings.md); ignore: [NAME] on the action or destination silences one
  1  no-link
  1  no-test
  1  busy-call
  1  raw-output
`)
  })

  it.each([
    ['are errors with --strict', WARNED, { strict: true }, 1, /check --strict: 4 warnings/],
    ['are none without it', WARNED, {}, 0, /^$/],
    [
      'are errors no more where they are silenced',
      WARNED.replace('look }', 'look, ignore: [no-link, no-test, busy-call, raw-output] }'),
      { strict: true },
      0,
      /^$/,
    ],
    [
      'do not count what is not set where it runs',
      WARNED.replace(/actions:.*/s, ''),
      { strict: true },
      0,
      /^$/,
    ],
    [
      'give way to errors',
      WARNED.replace('look }', 'look, y: x }'),
      { strict: true },
      2,
      /there is no such option/,
    ],
  ])('%s', async (_, text, options, expected, said) => {
    const { code, stderr } = await run(text, options)
    expect(code).toBe(expected)
    expect(stderr).toMatch(said)
  })
})
