import { defineConfig } from 'vitest/config'

/** The long fault runs: real crashes, freezes and takeovers on a real broker. */
export default defineConfig({
  test: {
    // kafkajs starts timers with times that have passed.
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    include: ['test/faults/**/*.faults.test.ts'],
    globalSetup: ['./test/support/kafka-global-setup.ts'],
    testTimeout: 900_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
})
