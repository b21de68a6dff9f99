import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import { benchKafka, type Work } from './work.ts'

const DEADLINE_MS = 10_000

export interface NaivePost {
  url: string
  text: string
}

/**
 * The loop that one writes first: read a record, post it, wait when told to, go on. One partition at a time, as
 * kafkajs does by default. Resolves when its consumer has joined; `stop` ends it.
 */
export async function startNaiveLoop(
  work: Work,
  topic: string,
  read: (value: Buffer) => NaivePost,
): Promise<{ stop(): Promise<void> }> {
  const consumer = benchKafka(work).consumer({ groupId: `${work.prefix}.naive`, sessionTimeout: 30_000 })
  let stopped = false
  const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()))
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message, heartbeat }) => {
      if (stopped || message.value === null) return
      await postUntilTaken(read(message.value), () => stopped)
      await heartbeat()
    },
  })
  await joined
  return {
    async stop() {
      stopped = true
      await consumer.disconnect()
    },
  }
}

async function postUntilTaken({ url, text }: NaivePost, isStopped: () => boolean): Promise<void> {
  while (!isStopped()) {
    try {
      const { statusCode, headers, body } = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text }),
        signal: AbortSignal.timeout(DEADLINE_MS),
      })
      await body.dump()
      if (statusCode !== 429) return
      await delay(Number(headers['retry-after'] ?? 1) * 1_000)
    } catch {
      return
    }
  }
}
