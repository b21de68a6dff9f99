/** A process with a local Kafka, for tests that kill it. Prints its address and pid, then stays. */
import { startLocalKafka } from '../../src/local/start-local-kafka.ts'

const kafka = await startLocalKafka({
  engines: ['java'],
  progress: (line) => process.stderr.write(`${line}\n`),
})
process.stdout.write(`${kafka.brokers} ${kafka.pid}\n`)
