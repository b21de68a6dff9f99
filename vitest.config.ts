import { defineConfig } from 'vitest/config'

/**
 * Integration tests that say how long something may take, which a busy machine lengthens: they run after all others,
 * two files side by side.
 */
const TIMED = ['run-bad-input', 'run-offsets', 'run-outcomes'].map(
  (name) => `test/cli/${name}.integration.test.ts`,
)

/** More than the cores that a small machine has: integration tests mostly wait. */
const TOGETHER = { groupOrder: 0, maxWorkers: 3 }

const integration = {
  globalSetup: ['./test/support/kafka-global-setup.ts', './test/support/registry-global-setup.ts'],
  testTimeout: 60_000,
  hookTimeout: 60_000,
}

export default defineConfig({
  test: {
    // kafkajs starts timers with times that have passed.
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.integration.test.ts', 'test/**/*.faults.test.ts'],
          // A property of many cases takes a second on an idle machine, and more beside the integration tests.
          testTimeout: 30_000,
          maxWorkers: TOGETHER.maxWorkers,
          sequence: { groupOrder: TOGETHER.groupOrder },
        },
      },
      {
        extends: true,
        test: {
          ...integration,
          name: 'integration',
          include: ['test/**/*.integration.test.ts'],
          exclude: TIMED,
          maxWorkers: TOGETHER.maxWorkers,
          sequence: { groupOrder: TOGETHER.groupOrder },
        },
      },
      {
        extends: true,
        test: {
          ...integration,
          name: 'integration-timed',
          include: TIMED,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
