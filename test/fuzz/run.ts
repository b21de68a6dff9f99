import { parseArgs } from 'node:util'
import { TARGET_NAMES } from './targets/all.ts'
import { findingOf, fuzz } from './work.ts'

/**
 * `npm run fuzz`: a minute of random input for each part that reads what others write, then inputs that grow. What is
 * found is printed with the seed that finds it again; the exit code is 1 then.
 *
 *     npm run fuzz -- --seconds 600 --seed 42 --target trigger --target json
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    path: { type: 'string' },
    target: { type: 'string', multiple: true, default: [...TARGET_NAMES] },
  },
})

const seed = wholeNumber('seed', values.seed)
const forMs = wholeNumber('seconds', values.seconds) * 1_000
const unknown = values.target.find((name) => !TARGET_NAMES.includes(name))
if (unknown !== undefined) refuse(`there is no target ${unknown}; there are ${TARGET_NAMES.join(', ')}`)

process.stdout.write(`seed ${seed}\n`)
for (const target of values.target) {
  const outcome = await fuzz({ target, seed, path: values.path ?? null, runs: null, forMs, growth: true })
  const finding = findingOf({ target, seed }, outcome)
  process.stdout.write(
    `${target}: ${outcome.cases.toLocaleString('en-US')} cases, ${finding === null ? 'nothing found' : 'FOUND:'}\n`,
  )
  if (finding === null) continue
  process.stdout.write(`${finding}\n`)
  process.exitCode = 1
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text)
  return refuse(`--${name} ${text}: write a whole number`)
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}
