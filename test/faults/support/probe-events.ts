import { setTimeout as delay } from 'node:timers/promises'
import type { Kafka } from 'kafkajs'

/** One event in this many matches the probe's action. */
export const MATCH_EVERY = 3
const EVERY_MS = 25

/** An event of the fault runs: numbered, so that each message can be told from every other. */
export function probeEvent(n: number): { key: string; value: string } {
  const event = n % MATCH_EVERY === 0 ? 'Probe Matched' : 'Probe Passed'
  return {
    key: `user-${n % 97}`,
    value: JSON.stringify({
      type: 'track',
      event,
      userId: `user-${n % 97}`,
      messageId: `m${n}`,
      properties: { n },
    }),
  }
}

export interface ProbeProducer {
  /** Ends producing, and gives how many events the broker has acknowledged, numbered from 0. */
  stop(): Promise<number>
}

/** Produces numbered events without end, at a steady rate. */
export async function produceProbes(
  kafka: Kafka,
  to: { topic: string; perSecond: number },
): Promise<ProbeProducer> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  let produced = 0
  let stopped = false
  const perTurn = Math.max(1, Math.round((to.perSecond * EVERY_MS) / 1_000))
  const produce = async (): Promise<void> => {
    while (!stopped) {
      const messages = Array.from({ length: perTurn }, (_, nth) => probeEvent(produced + nth))
      await producer.send({ topic: to.topic, messages, acks: -1 })
      produced += perTurn
      await delay(EVERY_MS)
    }
  }
  const producing = produce()
  return {
    async stop() {
      stopped = true
      await producing
      await producer.disconnect()
      return produced
    },
  }
}
