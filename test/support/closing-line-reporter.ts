/**
 * Prints `N passed, N failed` as the very last line of a run, for machines that read nothing else. What is
 * broken counts as failed even where no test could say so: a file that does not load, a failed hook, an
 * unhandled error, a global setup or teardown that throws, a run that was interrupted.
 */
import type { Reporter, SerializedError, TestModule, TestRunEndReason, TestSuite, Vitest } from 'vitest/node'

export interface Counts {
  passed: number
  failed: number
}

export default class ClosingLineReporter implements Reporter {
  #counts: Counts = { passed: 0, failed: 0 }

  /** Only at the exit of the process is nothing left to be printed: teardown comes after every report. */
  onInit(vitest: Vitest): void {
    if (vitest.config.watch) return
    process.once('exit', (code) => process.stdout.write(`${closingLine(this.#counts, code)}\n`))
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    this.#counts = countRun(modules, unhandled.length, reason)
  }
}

/** Exit code and line never contradict each other: a failed run has at least one failure. */
export function closingLine({ passed, failed }: Counts, exitCode: number): string {
  return `${passed} passed, ${exitCode !== 0 && failed === 0 ? 1 : failed} failed`
}

function countRun(modules: readonly TestModule[], unhandled: number, reason: TestRunEndReason): Counts {
  let passed = 0
  let failed = unhandled + (reason === 'interrupted' ? 1 : 0)
  for (const module of modules) {
    for (const suite of [module, ...module.children.allSuites()]) failed += brokenSuite(suite)
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') passed += 1
      if (state === 'failed') failed += 1
    }
  }
  return { passed, failed }
}

/** A suite's own errors: of loading it, or of its hooks. */
function brokenSuite(suite: TestModule | TestSuite): number {
  return suite.errors().length
}
