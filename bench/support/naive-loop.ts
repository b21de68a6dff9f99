import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import type { DispatchRecord } from '../../src/core/records.ts'
import { benchKafka, urlOf, type Work } from './work.ts'

const DEADLINE_MS = 10_000

/**
 * The loop that one writes first: read a record, post it, wait when told to, go on. One partition at a time, as
 * kafkajs does by default.
 */
export async function runNaiveLoop(work: Work): Promise<{ stop(): Promise<string> }> {
  const kafka = benchKafka(work)
  const topic = `${work.prefix}.dispatch`
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 12 }] })
  await admin.disconnect()
  const consumer = kafka.consumer({ groupId: `${work.prefix}.naive`, sessionTimeout: 30_000 })
  let stopped = false
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message, heartbeat }) => {
      if (stopped || message.value === null) return
      const record: DispatchRecord = JSON.parse(message.value.toString())
      await postUntilTaken(
        urlOf(work, Number(record.destination.slice(1))),
        record.message.text,
        () => stopped,
      )
      await heartbeat()
    },
  })
  return {
    async stop() {
      stopped = true
      await consumer.disconnect()
      return 'in this process'
    },
  }
}

async function postUntilTaken(url: string, text: string, isStopped: () => boolean): Promise<void> {
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
