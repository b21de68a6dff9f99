import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LocalKafka } from '../../src/local/local-kafka.ts'
import { startLocalKafka } from '../../src/local/start-local-kafka.ts'

/** A broker that can be restarted in order, and killed. Its address and data stay the same. */
export interface ChaosBroker {
  readonly brokers: string
  /** Shuts it down in order, and starts it again; resolves when it serves clients. */
  restart(): Promise<void>
  /** kill -9, and starts it again. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** A broker of the run's own. In a container, which keeps no data, a restart is a kill too. */
export async function startBroker(signal: AbortSignal): Promise<ChaosBroker> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bellhop-chaos-kafka-'))
  const options = { dataDir, dataDirOptional: true, progress: () => undefined }
  let stopped = false
  let kafka: LocalKafka | null = null
  const drop = (): Promise<void> => rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  try {
    kafka = await startLocalKafka({ ...options, signal })
  } catch (error) {
    await drop()
    throw error
  }
  const { brokers } = kafka
  const port = Number(brokers.split(':').at(-1))
  /** One thing at a time: a stop waits for a restart that is under way. */
  let work: Promise<void> = Promise.resolve()
  const next = (step: () => Promise<void>): Promise<void> => {
    work = work.catch(() => undefined).then(step)
    return work
  }

  return {
    brokers,
    restart: () =>
      next(async () => {
        if (stopped || kafka === null) return
        if (kafka.engine === 'docker') return kafka.restart()
        await kafka.stop()
        kafka = null
        kafka = await startLocalKafka({ ...options, port, engines: ['java'] })
      }),
    kill: () =>
      next(async () => {
        if (stopped || kafka === null) return
        await kafka.kill()
        await kafka.restart()
      }),
    stop: () =>
      next(async () => {
        stopped = true
        await kafka?.stop()
        await drop()
      }),
  }
}
