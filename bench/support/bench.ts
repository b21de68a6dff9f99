import { type ParseArgsOptionDescriptor, parseArgs } from 'node:util'
import { findKafka } from '../../src/local/find-kafka.ts'
import { MAIN } from './bellhop-process.ts'

/** What every bench starts from. */
export interface Ground {
  brokers: readonly string[]
  /** A new one each time it is called. */
  prefix(name: string): string
  /** The main.ts that is measured. */
  main: string
}

/** The command line: whole numbers with their defaults, flags, and `--main PATH` for another bellhop than this one. */
export function readOptions<N extends string, F extends string = never>(
  numbers: Record<N, number | null>,
  flags: readonly F[] = [],
): { numbers: Record<N, number>; flags: Record<F, boolean>; main: string } {
  const text: ParseArgsOptionDescriptor = { type: 'string' }
  const names = Object.keys(numbers)
  const { values } = parseArgs({
    options: {
      main: text,
      ...Object.fromEntries(names.map((name) => [name, text])),
      ...Object.fromEntries(
        flags.map((name): [string, ParseArgsOptionDescriptor] => [name, { type: 'boolean' }]),
      ),
    },
  })
  const given = new Map(Object.entries(values))
  const numberOf = (name: string, otherwise: unknown): number => {
    const number = Number(given.get(name) ?? otherwise ?? Number.NaN)
    if (given.has(name) && !Number.isFinite(number)) throw new Error(`--${name} wants a number`)
    return number
  }
  return {
    numbers: Object.fromEntries(
      Object.entries(numbers).map(([name, otherwise]) => [name, numberOf(name, otherwise)]),
    ) as Record<N, number>,
    flags: Object.fromEntries(flags.map((name) => [name, given.get(name) === true])) as Record<F, boolean>,
    main: String(given.get('main') ?? MAIN),
  }
}

/** Finds a broker, and ends it or cleans up behind the bench, also on ^C. */
export async function onGround(main: string, bench: (ground: Ground) => Promise<void>): Promise<void> {
  const stopped = new AbortController()
  const kafka = await findKafka({ progress: (line) => process.stderr.write(`${line}\n`) })
  process.once('SIGINT', () => stopped.abort())
  const interrupted = new Promise<never>((_, reject) => {
    stopped.signal.addEventListener('abort', () => reject(new Error('interrupted')))
  })
  let runs = 0
  try {
    const ground: Ground = {
      brokers: kafka.brokers.split(','),
      prefix(name) {
        runs += 1
        return `${kafka.prefix}-${name}-${runs}`
      },
      main,
    }
    await Promise.race([bench(ground), interrupted])
  } finally {
    await kafka.stop()
  }
}

/** Nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`
}

export function count(number: number): string {
  return Math.round(number).toLocaleString('en-GB')
}
