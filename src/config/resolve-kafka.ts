import { topicNames } from '../core/topic-names.ts'
import type { EventsTopic, KafkaConfig, TlsConfig } from './config.ts'
import type { Report } from './report.ts'
import { resolveEventMap } from './resolve-event-map.ts'
import { hasRegistry } from './resolve-registry.ts'
import { type PemReader, resolveCredentials } from './resolve-tls.ts'
import { kafkaSpec } from './spec/config-spec.ts'
import { nodeAt, type Path } from './tree.ts'
import { readSection } from './validate.ts'

type Written = ReturnType<typeof readKafka>

export interface ResolvedKafka {
  kafka: KafkaConfig
  maxEventBytes: number
}

/** The section `kafka`. Where something is wrong it is reported, and what is returned has gaps. */
export async function resolveKafka(report: Report, secrets: 'required' | 'optional'): Promise<ResolvedKafka> {
  const written = readKafka(report)
  checkTopics(written, report)
  const kafka: KafkaConfig = {
    brokers: written.brokers ?? [],
    clientId: written.client_id ?? '',
    prefix: written.prefix ?? '',
    events: resolveEvents(written, report),
    tls: await resolveTls(written, { path: ['kafka', 'tls'], report, secrets }),
    sasl: written.sasl ?? null,
    sessionTimeoutMs: written.session_timeout ?? 0,
    connectionTimeoutMs: written.connection_timeout ?? 0,
    topics: resolveTopics(written),
  }
  return { kafka, maxEventBytes: written.max_event_bytes ?? 0 }
}

function readKafka(report: Report) {
  return readSection(kafkaSpec, ['kafka'], report)
}

async function resolveTls({ tls }: Written, reader: PemReader): Promise<TlsConfig | null> {
  if (!tls) return null
  return { ...(await resolveCredentials(tls, reader)), rejectUnauthorized: tls.reject_unauthorized }
}

function resolveEvents({ events }: Written, report: Report): EventsTopic[] {
  return (events ?? []).map(({ topic, format, map, start }, index) => {
    const path: Path = ['kafka', 'events', index]
    if (format === 'avro' && !hasRegistry(report)) {
      report.error(
        [...path, 'format'],
        'needs the schema registry that the events were written with: set registry.url',
      )
    }
    return { topic, format, map: resolveEventMap(map, [...path, 'map'], report), start }
  })
}

/** -1 leaves the replication to the broker. */
function resolveTopics({ topics }: Written): KafkaConfig['topics'] {
  return {
    create: topics?.create ?? true,
    partitions: topics?.partitions ?? 0,
    replication: topics?.replication ?? -1,
    retentionMs: topics?.retention ?? 0,
  }
}

/** A topic read twice, or one of bellhop's own: its messages would come back as events. */
function checkTopics({ events, prefix }: Written, report: Report): void {
  const { dispatch, receipts, deadLetters, controls, status } = topicNames(prefix ?? '')
  const own = [dispatch, receipts, deadLetters, controls, status]
  const seen = new Set<string>()
  for (const [index, { topic }] of (events ?? []).entries()) {
    const path = topicPath(report, index)
    if (seen.has(topic)) report.error(path, 'this topic is in the list already')
    if (own.includes(topic)) {
      report.error(path, 'this is a topic that bellhop writes itself: read another, or change kafka.prefix')
    }
    seen.add(topic)
  }
}

/** A topic may be a name alone. */
function topicPath(report: Report, index: number): Path {
  const item: Path = ['kafka', 'events', index]
  return nodeAt(report.root, item)?.kind === 'map' ? [...item, 'topic'] : item
}
