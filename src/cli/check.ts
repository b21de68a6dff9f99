import { actionsUnderTest } from '../author/run-tests.ts'
import { lintConfig } from '../config/lint/lint-config.ts'
import { configPath, loadConfig } from '../config/load.ts'
import { formatProblems } from '../config/problem.ts'
import { formatWarnings } from './check-warnings.ts'
import { count, describeConfig } from './describe-config.ts'
import { EXIT } from './io.ts'

export interface CheckIo {
  env: Record<string, string | undefined>
  stdout: { write(text: string): unknown }
  stderr: { write(text: string): unknown }
}

export interface CheckOptions {
  config?: string
  /** Whether a warning is an error; not one about where bellhop runs, such as a variable that is not set. */
  strict?: boolean
}

/**
 * `bellhop check`: what the configuration holds and what may be a mistake in it, or everything that is wrong with
 * it. Needs no secret: a variable that is not set is a warning. Gives the exit code: 1 for warnings that are errors.
 */
export async function check(options: CheckOptions, io: CheckIo): Promise<number> {
  const path = configPath(options.config, io.env)
  const loaded = await loadConfig(path, { env: io.env, secrets: 'optional' }, async (config, report) => {
    lintConfig({ config, report, tested: await actionsUnderTest(config, path) })
  })
  if (loaded.kind === 'invalid') {
    const { problems } = loaded
    io.stderr.write(`${formatProblems(problems)}\n${count(problems.length, 'problem')}\n`)
    return EXIT.usage
  }
  io.stdout.write(describeConfig(path, loaded.config))
  io.stdout.write(formatWarnings(loaded.warnings))
  const strict = options.strict === true ? loaded.warnings.filter(({ rule }) => rule !== null) : []
  if (strict.length === 0) return EXIT.ok
  io.stderr.write(
    `\nbellhop check --strict: ${count(strict.length, 'warning')}: mend, or silence with ignore\n`,
  )
  return EXIT.failed
}
