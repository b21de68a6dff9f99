/**
 * One Kafka for all integration tests of a run, whichever project they belong to: found when the run starts and
 * ended, or cleaned up, when it ends. Tests reach it with kafka.ts.
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

/** Called for each project. The root project holds the broker: the first one finds it, and is the last to be torn down. */
export default async function setup({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if ('kafkaBrokers' in vitest.getProvidedContext()) return undefined
  const kafka = await findKafka({ progress: (line) => process.stderr.write(`${line}\n`) })
  vitest.provide('kafkaBrokers', kafka.brokers)
  vitest.provide('kafkaPrefix', kafka.prefix)
  return () => kafka.stop()
}
