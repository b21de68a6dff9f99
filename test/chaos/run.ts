/**
 * `npm run chaos -- --seed N --minutes M`: real Kafka, several real processes, a strict Slack, and faults drawn
 * from the seed; exit code 0 where nothing was lost, repeated without excuse, early or out of order. Without
 * --seed, one is drawn and printed. --main PATH runs another bellhop than this checkout's; --only KIND,KIND leaves
 * out all other kinds of fault.
 */
import { parseArgs } from 'node:util'
import { runChaos } from './chaos.ts'
import { FAULT_KINDS, type FaultKind } from './fault-kinds.ts'
import { formatReport } from './report.ts'

const USAGE = `usage: npm run chaos -- [--seed WHOLE_NUMBER] [--minutes AT_LEAST_1] [--only KIND,KIND] [--main PATH]
kinds: ${FAULT_KINDS.join(', ')}\n`

const values = readOptions()
if (values.help === true) {
  process.stdout.write(USAGE)
  process.exit(0)
}
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
const minutes = Number(values.minutes)
const only = values.only?.split(',') ?? FAULT_KINDS
if (!Number.isSafeInteger(seed) || !(minutes >= 1) || !only.every(isFaultKind)) {
  process.stderr.write(USAGE)
  process.exit(2)
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => stopping.abort(new Error(`ended by ${signal}`)))
}
const print = (line: string): void => void process.stdout.write(`${line}\n`)
const { main } = values
try {
  const report = await runChaos({
    seed,
    minutes,
    print,
    only,
    signal: stopping.signal,
    ...(main === undefined ? {} : { main }),
  })
  print(formatReport(report))
  if (!report.passed) print(`repeat with npm run chaos -- --seed ${seed} --minutes ${minutes}`)
  process.exitCode = report.passed ? 0 : 1
} catch (error) {
  print(error instanceof Error ? (error.stack ?? error.message) : String(error))
  print(`repeat with npm run chaos -- --seed ${seed} --minutes ${minutes}`)
  process.exitCode = 1
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        seed: { type: 'string' },
        minutes: { type: 'string', default: '1' },
        main: { type: 'string' },
        only: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
    process.exit(2)
  }
}

function isFaultKind(text: string): text is FaultKind {
  return (FAULT_KINDS as readonly string[]).includes(text)
}
