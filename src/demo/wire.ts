import type { Config } from '../config/config.ts'
import type { DeadLetter, Receipt } from '../core/records.ts'
import type { TopicNames } from '../core/topic-names.ts'
import { openRecordCodecs } from '../kafka/record-codec-open.ts'
import { openRegistry } from '../registry/open-registry.ts'
import { systemClock } from '../system.ts'
import { createAvroEvents } from './avro-events.ts'
import { demoEventsTopic } from './demo-config.ts'
import { type EventEncoding, JSON_EVENTS } from './event-encoding.ts'

/** What differs between a demo in JSON and one in Avro: how events are written, and how bellhop's records are read. */
export interface Wire {
  events: EventEncoding
  /** Null where it is none. */
  deadLetter(value: Buffer): DeadLetter | null
  receipt(value: Buffer): Receipt | null
  /** Lines for the summary: a label and what it tells. */
  figures(): readonly (readonly [string, string])[]
  close(): Promise<void>
}

/** As the configuration has it: with a registry everything is Avro, without one everything is JSON. */
export async function openWire(config: Config, topics: TopicNames): Promise<Wire> {
  const opened = openRegistry(config.registry, systemClock)
  const codecs = await openRecordCodecs(opened, topics)
  const events =
    opened === null
      ? JSON_EVENTS
      : await createAvroEvents(opened.registry, demoEventsTopic(config.kafka.prefix))
  let lettersInAvro = 0
  return {
    events,
    deadLetter(value) {
      if (value[0] === 0) lettersInAvro += 1
      const decoded = codecs.deadLetter.decode(value)
      return decoded.kind === 'record' ? decoded.record : null
    },
    receipt(value) {
      const decoded = codecs.receipt.decode(value)
      return decoded.kind === 'record' ? decoded.record : null
    },
    figures() {
      if (opened === null) return []
      return [...events.figures(), ['own records', `Avro too: ${lettersInAvro} dead letters read back`]]
    },
    close: async () => opened?.registry.close(),
  }
}
