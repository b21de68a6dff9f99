import { createServer } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { type SimulatorCommandOptions, simulatorCommand } from '../../src/cli/simulator.ts'
import { close, listen } from '../../src/demo/listen.ts'
import { eventually } from '../support/eventually.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const closer of closers.splice(0)) await closer()
})

it('prints its addresses and each post, and the counts when it is told to stop', async () => {
  const simulator = await start({ port: 0, rate: 'off' })
  await post(`${simulator.origin}/services/T0/B0/marker-secret`, { text: 'one\ntwo', username: 'Shop' })
  await post(`${simulator.origin}/api/chat.postMessage`, { text: 'three', channel: '#alerts' })
  simulator.stop()

  expect(await simulator.exitCode).toBe(0)
  const printed = simulator.printed()
  expect(printed).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}\/services\/T0\/B0\/… {2}Shop\n {4}one\n {4}two\n/m)
  expect(printed).toContain('  #alerts\n    three\n')
  expect(printed).toContain('answered 2 × 200\n')
  expect(printed).not.toContain('marker-secret')
})

it.each([
  { rate: '1/s', statuses: [200, 429] },
  { rate: undefined, statuses: [200, 429] },
  { rate: 'off', statuses: [200, 200] },
])('with the rate $rate two posts at once are answered $statuses', async ({ rate, statuses }) => {
  const { origin } = await start({ port: 0, ...(rate === undefined ? {} : { rate }) })

  const answers = [await post(`${origin}/services/T/B/x`), await post(`${origin}/services/T/B/x`)]

  expect(answers).toEqual(statuses)
})

it.each([
  { what: 'an escape sequence', text: '\u001b[2J\u009b2J\rgone' },
  { what: 'a reversed reading direction', text: '\u202eevil\u2066' },
  { what: 'a forged line', text: 'a\u2028b\u0085c' },
])('shows $what as spaces', async ({ text }) => {
  const simulator = await start({ port: 0 })
  await post(`${simulator.origin}/services/T/B/x`, { text, username: text })

  expect(simulator.printed()).not.toMatch(/[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/u)
  expect(simulator.printed()).toMatch(/gone|evil|b c/)
})

it('names the lines of a configuration that leads there, where it has one address', async () => {
  const { origin, printed } = await start({ port: 0 })
  const everywhere = await start({ port: 0, host: '0.0.0.0' })

  expect(printed()).toContain(`allow_origins: ["${origin}"], api_url: "${origin}/api/chat.postMessage"`)
  expect(everywhere.printed()).not.toContain('allow_origins')
})

it('prints one webhook address in full, which takes posts', async () => {
  const { origin, printed } = await start({ port: 0 })
  const [example = ''] = /http:\S+\/services\/\S+\/\S+\/\S+/.exec(printed()) ?? []

  expect(example).toBe(`${origin}/services/T000/B000/XXXX`)
  expect(await post(example)).toBe(200)
})

it('says so when the port is taken', async () => {
  const server = createServer()
  closers.push(() => close(server))
  const port = Number(new URL(await listen(server, { host: '127.0.0.1', port: 0 })).port)

  await expect(run({ port }).exitCode).rejects.toMatchObject({
    code: 'port_taken',
    message: `port ${port} on 127.0.0.1 is taken: choose another with --port, or 0 for a free one`,
  })
})

it.each([
  { what: 'a rate that is none', options: { port: 0, rate: 'fast' }, message: /--rate fast: write posts/ },
  {
    what: 'a host that is not here',
    options: { port: 0, host: '192.0.2.1' },
    message: /192\.0\.2\.1:0 cannot/,
  },
])('refuses $what', async ({ options, message }) => {
  await expect(run(options).exitCode).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(message),
  })
})

function run(options: SimulatorCommandOptions) {
  let printed = ''
  const stopped = new AbortController()
  const stdout = {
    write(text: string) {
      printed += text
    },
  }
  const exitCode = simulatorCommand(options, { stdout, signal: stopped.signal })
  closers.push(async () => {
    stopped.abort()
    await exitCode.catch(() => undefined)
  })
  return { exitCode, printed: () => printed, stop: () => stopped.abort() }
}

async function start(options: SimulatorCommandOptions) {
  const running = run(options)
  const address = await eventually('its address is printed', () => /on (http:\S+)/.exec(running.printed()))
  return { ...running, origin: address[1] ?? '' }
}

async function post(url: string, payload: object = { text: 'hello' }): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer xoxb-any' }
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(payload) })).status
}
