/**
 * One Kafka for all integration tests of a run, found when the run starts and ended, or cleaned up, when it
 * ends. Tests reach it with kafka.ts.
 */
import type { TestProject } from 'vitest/node'
import { findKafka } from '../../src/local/find-kafka.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    kafkaBrokers: string
    /** Every topic and group of the run begins with it. */
    kafkaPrefix: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const kafka = await findKafka({ progress: (line) => process.stderr.write(`${line}\n`) })
  project.provide('kafkaBrokers', kafka.brokers)
  project.provide('kafkaPrefix', kafka.prefix)
  return () => kafka.stop()
}
