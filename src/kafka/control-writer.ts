import type { Kafka } from 'kafkajs'
import type { Control } from '../core/records.ts'
import { keyOf, sayingWhatIsForbidden } from './control-keys.ts'
import type { ControlPlace } from './control-set.ts'
import type { OpenControlsDeps } from './control-topic.ts'
import { Partitioners } from './kafkajs.ts'

/** Resolves when the broker has it on all in-sync replicas. What was said before of the same is replaced. */
export async function writeControl(
  { kafka, topic, codec }: Pick<OpenControlsDeps, 'kafka' | 'topic' | 'codec'>,
  control: Control,
): Promise<void> {
  await write(kafka, { topic, key: keyOf(control), value: codec.encode(control) })
}

/** Takes back what was said; likewise. */
export async function endControl(
  { kafka, topic }: Pick<OpenControlsDeps, 'kafka' | 'topic'>,
  place: ControlPlace,
): Promise<void> {
  await write(kafka, { topic, key: keyOf(place), value: null })
}

/** Not idempotent, which would ask for one more permission: what is written twice says the same. */
async function write(
  kafka: Kafka,
  { topic, key, value }: { topic: string; key: string; value: string | Buffer | null },
): Promise<void> {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  try {
    await producer.connect()
    await sayingWhatIsForbidden({ topic, permission: 'Write' }, () =>
      producer.send({ topic, acks: -1, messages: [{ key, value }] }),
    )
  } finally {
    await producer.disconnect().catch(() => undefined)
  }
}
