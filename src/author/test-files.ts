import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from '../config/config.ts'
import { readText } from '../config/files.ts'
import { createMask } from '../config/mask.ts'
import { fileProblem, inOrder, type Problem, toProblem } from '../config/problem.ts'
import type { TestCase } from './test-cases.ts'
import { parseTests } from './test-syntax.ts'

export interface TestFiles {
  /** Where they were looked for. */
  folder: string
  /** Paths, by name. */
  files: readonly string[]
  /** The cases that can be run, in the order they are written. */
  cases: readonly TestCase[]
  /** Everything that is wrong with the files. */
  problems: readonly Problem[]
}

/** `*_test.yaml` and `*_test.yml` in the configuration's folder, or in the folder that the configuration is. */
export async function readTestFiles(config: Config, configPath: string): Promise<TestFiles> {
  const folder = (await stat(configPath)).isDirectory() ? configPath : dirname(configPath)
  const names = (await readdir(folder)).filter((name) => /^[^.].*_test\.ya?ml$/.test(name)).sort()
  const files = names.map((name) => join(folder, name))
  const cases: TestCase[] = []
  const problems: Problem[] = []
  for (const file of files) {
    const read = await readText(file)
    if (read.kind === 'unreadable') {
      problems.push(fileProblem(file, `cannot read the tests: ${read.reason}`))
      continue
    }
    const parsed = parseTests({ file, text: read.text }, config)
    cases.push(...parsed.cases)
    // No option is a secret in a test; what has the shape of one of Slack's is hidden all the same.
    const mask = createMask([], [])
    problems.push(...parsed.findings.map((finding) => toProblem(finding, mask)))
  }
  return { folder, files, cases, problems: inOrder(problems) }
}
