/**
 * The order of test files: those that are known to take long begin first, so that the last worker is not left alone
 * with one of them; then what else waits for a broker; then the rest, which fills what is left of the time.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Files that take about ten seconds and more, as measured on a quiet machine. Beside the chaos run go those that
 * mostly wait: its faults have to meet posts. Those that start a Java of their own come later.
 */
export const LONG_FILES = [
  'chaos/chaos',
  'cli/run-handover',
  'cli/run-waits',
  'cli/run-offsets',
  'cli/run-bad-input',
  'cli/run-avro',
  'cli/run-reload',
  'match/exactly-once',
  'cli/run-broker-away',
  'cli/demo',
  'cli/dry-run-broker-away',
  'registry/avro-events',
  'local/java-kafka',
  'observe/pages/status-page',
  'cli/kafka',
  'cli/run-backlog',
  'demo/chat-page',
  'cli/silence',
  'deploy/prometheus',
  'sentinel/sentinel',
  'cli/run-stages',
  'cli/run-stop',
  'cli/dry-run',
  'cli/run-secrets',
].map((name) => `test/${name}.integration.test.ts`)

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b))
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const nth = LONG_FILES.findIndex((file) => moduleId.endsWith(`/${file}`))
  return nth < 0 ? LONG_FILES.length : nth
}
