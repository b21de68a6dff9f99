import { createTestRunner, type TestResult } from '../author/run-tests.ts'
import { DEFAULT_AT } from '../author/test-cases.ts'
import { readTestFiles } from '../author/test-files.ts'
import { createFailureReport, type ReportLine } from '../author/test-report.ts'
import { formatProblems } from '../config/load.ts'
import { createOutput } from './dead/output.ts'
import { type CommandIo, EXIT } from './io.ts'
import { createLineMask } from './line-mask.ts'
import { loadForCommand } from './load-for-command.ts'
import { warnOfMissing } from './warn-of-missing.ts'

/**
 * `bellhop test`: runs the *_test.yaml files beside the configuration; needs no broker and no secret. Gives the exit
 * code: 0 where all passed; 1 where one failed, or where there is none; 2 where a file is wrong.
 */
export async function test(options: { config?: string }, io: CommandIo): Promise<number> {
  const loaded = await loadForCommand(options, io, 'optional')
  if (loaded === null) return EXIT.usage
  const { config, path, warnings } = loaded
  warnOfMissing(warnings, io.stderr)
  const { folder, files, cases, problems } = await readTestFiles(config, path)
  if (files.length === 0) {
    const { topic = 'events' } = config.kafka.events[0] ?? {}
    const [destination = 'sales'] = config.destinations.keys()
    io.stderr.write(howToBegin(folder, { topic, destination }))
    return EXIT.failed
  }
  if (problems.length > 0) {
    io.stderr.write(formatProblems(problems))
    return EXIT.usage
  }
  const results = cases.map(createTestRunner(config))
  const report = createFailureReport(config)
  const paint = createPaint(io)
  const mask = createLineMask(config)
  const output = createOutput(io.stdout)
  for (const line of results.flatMap(report)) await output.line(paint({ ...line, text: mask(line.text) }))
  for (const file of files.length > 1 ? files : []) {
    const ofFile = results.filter(({ test: { place } }) => place.source.file === file)
    await output.line(`${file}: ${tally(ofFile)}`)
  }
  await output.line(tally(results))
  await output.flush()
  return results.every(hasPassed) ? EXIT.ok : EXIT.failed
}

function hasPassed({ mismatches }: TestResult): boolean {
  return mismatches.length === 0
}

function tally(results: readonly TestResult[]): string {
  const passed = results.filter(hasPassed).length
  return `${passed} passed, ${results.length - passed} failed`
}

/** Red and green on a terminal, unless https://no-color.org is heard; the signs before each line say the same. */
function createPaint({ stdout, env }: CommandIo): (line: ReportLine) => string {
  if (stdout.isTTY !== true || (env.NO_COLOR ?? '') !== '') return ({ text }) => text
  const colours = { plain: null, minus: 31, plus: 32 } as const
  return ({ kind, text }) => (colours[kind] === null ? text : `\u001b[${colours[kind]}m${text}\u001b[0m`)
}

function howToBegin(folder: string, { topic, destination }: { topic: string; destination: string }): string {
  return `no *_test.yaml file in ${folder}: write one, such as bellhop_test.yaml

  tests:
    - name: an order becomes a message
      topic: ${topic}
      event: {type: track, event: Order Completed, userId: u1, properties: {total: 42}}
      at: ${DEFAULT_AT}
      expect:
        ${destination}: {contains: "42"}
`
}
