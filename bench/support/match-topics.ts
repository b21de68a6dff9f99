import { type FoundRegistry, findRegistry } from '../../src/local/find-registry.ts'
import { count, type Ground } from './bench.ts'
import { createAvroEncoder } from './match-avro.ts'
import { type EventsTopic, encodeJson, produceEvents } from './match-events.ts'
import type { EventsFormat } from './match-rules.ts'

/** The topics that the rows read: the same events in each format, produced when the first row asks for them. */
export interface MatchTopics {
  of(ground: Ground, format: EventsFormat): Promise<EventsTopic>
  /** Ends the registry, where a row needed one; its subjects go with it. */
  close(): Promise<void>
}

export function createMatchTopics(events: number): MatchTopics {
  const topics = new Map<EventsFormat, Promise<EventsTopic>>()
  const closing = new AbortController()
  let registry: Promise<FoundRegistry> | null = null

  async function produceJson(ground: Ground): Promise<EventsTopic> {
    const topic = { ...namesIn(ground, ground.prefix('events')), registryUrl: null }
    await produceEvents(topic, encodeJson)
    return topic
  }

  async function produceAvro(ground: Ground): Promise<EventsTopic> {
    const prefix = ground.prefix('avro')
    registry = findRegistry({ prefix, progress, signal: closing.signal })
    const { url } = await registry
    const topic = { ...namesIn(ground, prefix), registryUrl: url }
    await produceEvents(topic, await createAvroEncoder(url, topic.topic))
    return topic
  }

  function namesIn({ brokers }: Ground, prefix: string): Omit<EventsTopic, 'registryUrl'> {
    return { brokers, prefix, topic: `${prefix}.events`, events }
  }

  return {
    of(ground, format) {
      const known = topics.get(format)
      if (known !== undefined) return known
      progress(`producing ${count(events)} events in ${format === 'avro' ? 'Avro' : 'JSON'}`)
      const topic = format === 'avro' ? produceAvro(ground) : produceJson(ground)
      topics.set(format, topic)
      return topic
    },
    async close() {
      closing.abort()
      // One that could not be started has failed the run already.
      const found = await registry?.catch(() => null)
      await found?.stop()
    },
  }
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`)
}
