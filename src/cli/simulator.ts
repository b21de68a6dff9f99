/**
 * `bellhop simulator`: a stand-in for Slack in the foreground, to try a configuration against. Standard output has its
 * addresses, then each post as it arrives. What arrived is held in memory for as long as it runs: it is for trying
 * things, not for leaving it alone for weeks.
 */
import { parseRate } from '../config/units.ts'
import { AppError } from '../core/errors.ts'
import type { ArrivedRequest } from '../demo/simulator/ledger.ts'
import { createSlackSimulator, type SlackSimulator } from '../demo/simulator/server.ts'
import { EXIT } from './io.ts'

export interface SimulatorCommandOptions {
  /** Left out: 3999; 0 takes a free one. */
  port?: number
  /** Left out: this machine alone. */
  host?: string
  /** `1/s`, `30/m` or `off`. */
  rate?: string
}

export interface SimulatorCommandIo {
  stdout: { write(text: string): unknown }
  /** Ends the command. */
  signal: AbortSignal
}

const USUAL_PORT = 3_999
const USUAL_RATE = '1/s'

/** Gives 0 when the signal has ended it. Throws AppError `port_taken` or `usage`. */
export async function simulatorCommand(
  options: SimulatorCommandOptions,
  io: SimulatorCommandIo,
): Promise<number> {
  const simulator = await start(options)
  simulator.onPost((post) => io.stdout.write(showPost(post)))
  io.stdout.write(addressesOf(simulator))
  if (!io.signal.aborted) {
    await new Promise<void>((resolve) => {
      io.signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }
  const answered = countsOf(simulator)
  await simulator.close()
  io.stdout.write(`\n${answered}\n`)
  return EXIT.ok
}

async function start(options: SimulatorCommandOptions): Promise<SlackSimulator> {
  const { port = USUAL_PORT, host = '127.0.0.1', rate = USUAL_RATE } = options
  const intervalMs = parseRate(rate)
  if (intervalMs === undefined) {
    throw new AppError('usage', `--rate ${rate}: write posts in a time, such as 1/s or 30/m, or off`)
  }
  const ratePerSecond = intervalMs === null ? null : 1_000 / intervalMs
  try {
    return await createSlackSimulator({ port, host, ratePerSecond })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') {
      const taken = `port ${port} on ${host} is taken: choose another with --port, or 0 for a free one`
      throw new AppError('port_taken', taken, { cause: error })
    }
    throw new AppError(
      'usage',
      `${host}:${port} cannot be listened on (${code}): choose another with --host`,
      {
        cause: error,
      },
    )
  }
}

function addressesOf({ origin, methodUrl }: SlackSimulator): string {
  const lines = [
    `Slack simulator on ${origin}`,
    `  webhooks          ${origin}/services/ and any path`,
    `  chat.postMessage  ${methodUrl} with any token and channel`,
  ]
  // An address that means all of this machine's is none that a configuration could name.
  const isOne = !/\/\/(0\.0\.0\.0|\[::\]):/.test(origin)
  const example = `  for example       ${origin}/services/T000/B000/XXXX`
  const hint = `  bellhop.yaml      slack: { allow_origins: ["${origin}"], api_url: "${methodUrl}" }`
  return `${[...lines, ...(isOne ? [example, hint] : [])].join('\n')}\n\n`
}

/** A line that says where it arrived and from whom, and the text below it. */
function showPost({ target, payload, arrivedAt }: ArrivedRequest): string {
  const time = new Date(arrivedAt).toISOString().slice(11, 23)
  const lines = (payload?.text ?? '').split('\n').map((line) => `    ${harmless(line)}\n`)
  return `${time}  ${showTarget(target)}  ${harmless(payload?.username ?? '')}`
    .trimEnd()
    .concat('\n', ...lines)
}

/** A webhook's path ends with its secret, which may be a real one that went astray. */
function showTarget(target: string): string {
  const [, first, second] = /^(\/services\/[^/]*)(\/[^/]*)?/.exec(harmless(target)) ?? []
  return first === undefined ? `#${harmless(target)}` : `${first}${second ?? ''}/…`
}

/** Text from outside cannot act on a terminal. */
function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ')
}

function countsOf(simulator: SlackSimulator): string {
  const counts = [...simulator.counts()].map(([status, times]) => `${times} × ${status ?? 'no answer'}`)
  return counts.length === 0 ? 'nothing arrived' : `answered ${counts.join(', ')}`
}
