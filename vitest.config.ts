import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

/** Code that one process has compiled, and stripped of its types, is there for the next: `bellhop` starts in half the time. */
const COMPILED = fileURLToPath(new URL('node_modules/.cache/bellhop-test-compiled', import.meta.url))

export default defineConfig({
  test: {
    // kafkajs starts timers with times that have passed.
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    env: { NODE_COMPILE_CACHE: COMPILED },
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    sequence: { sequencer: LongestFirst },
    // More than the cores that a small machine has: integration tests mostly wait.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.integration.test.ts', 'test/**/*.faults.test.ts'],
          // A worker for each file costs as much as the tests: one runs many, and each begins with modules of its own.
          isolate: false,
          setupFiles: ['./test/support/fresh-modules.ts'],
          // A property of many cases takes a second on an idle machine, and more beside the integration tests.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.integration.test.ts'],
          globalSetup: ['./test/support/kafka-global-setup.ts', './test/support/registry-global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
