/**
 * `bellhop kafka`: a Kafka of one's own in the foreground. Standard output has one line, which names the address
 * once clients are accepted; everything else goes to standard error. Nothing of it is left running when it ends.
 */
import { join } from 'node:path'
import { dataFolder, type Environment } from '../local/folders.ts'
import type { LocalKafka } from '../local/local-kafka.ts'
import { startLocalKafka } from '../local/start-local-kafka.ts'

export interface KafkaCommandOptions {
  /** Left out: 9092 when it is free, else any that is. */
  port?: number
  /** Where data is kept from run to run; left out: the user's data folder. */
  data?: string
}

export interface KafkaCommandIo {
  stdout: { write(text: string): unknown }
  stderr: { write(text: string): unknown }
  /** Ends the command. */
  signal: AbortSignal
  /** Left out: the environment of this process. */
  env?: Environment
}

const USUAL_PORT = 9092

/**
 * Returns the exit code: 0 when the signal ended it, 1 when the broker ended by itself. Throws AppError
 * `no_local_kafka`, `port_taken` or `usage`.
 */
export async function kafkaCommand(options: KafkaCommandOptions, io: KafkaCommandIo): Promise<number> {
  const kafka = await start(options, io)
  if (kafka === null) return 0
  io.stdout.write(`KAFKA_BROKERS=${kafka.brokers}\n`)

  const interrupted = Promise.withResolvers<'interrupted'>()
  const onAbort = (): void => interrupted.resolve('interrupted')
  io.signal.addEventListener('abort', onAbort, { once: true })
  if (io.signal.aborted) onAbort()
  const end = await Promise.race([kafka.ended, interrupted.promise])
  io.signal.removeEventListener('abort', onAbort)

  await kafka.stop()
  if (end === 'interrupted' || end.how === 'stopped') return 0
  const log = end.log.map((line) => `  ${line}\n`).join('')
  io.stderr.write(`Kafka ended by itself with ${end.detail}; its log ends with:\n${log}`)
  return 1
}

/** Null when the signal came first. */
async function start(options: KafkaCommandOptions, io: KafkaCommandIo): Promise<LocalKafka | null> {
  const env = io.env ?? process.env
  try {
    return await startLocalKafka({
      ...(options.port === undefined ? {} : { port: options.port }),
      preferredPort: USUAL_PORT,
      dataDir: options.data ?? join(dataFolder(env), 'kafka'),
      dataDirOptional: options.data === undefined,
      progress: (line) => io.stderr.write(`${line}\n`),
      signal: io.signal,
      env,
    })
  } catch (error) {
    if (io.signal.aborted) return null
    throw error
  }
}
