import { createObserver } from '../../../src/observe/create-observer.ts'
import { createLogger } from '../../../src/observe/logger.ts'
import { captureStream } from './captured-stream.ts'
import { createTestMetrics } from './test-metrics.ts'

/** An observer whose clock stands still until `at` sets it, with its log lines and its metrics at hand. */
export function observed(level = 'info') {
  let nowMs = 0
  const captured = captureStream()
  const { metrics, scrape } = createTestMetrics()
  const logger = createLogger({ stream: captured.stream, level })
  return {
    observer: createObserver({ logger, metrics, clock: { monotonicMs: () => nowMs } }),
    lines: captured.lines,
    scrape,
    at: (ms: number) => {
      nowMs = ms
    },
  }
}
