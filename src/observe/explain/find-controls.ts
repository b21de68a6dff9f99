import type { Control } from '../../core/records.ts'
import type { TopicNames } from '../../core/topic-names.ts'
import type { RecordCodec } from '../../kafka/record-codec.ts'
import { type Logs, scanLog, spansOf } from './logs.ts'

export interface ControlsDeps {
  logs: Logs
  topics: TopicNames
  codec: RecordCodec<Control>
  signal: AbortSignal
}

/** What persons have said about destinations and is in force now: the last word under each key. */
export async function findControls(deps: ControlsDeps, nowMs: number): Promise<Control[]> {
  const { logs, topics, codec, signal } = deps
  const reader = await logs.reader(topics.controls)
  if (reader === null) return []
  const said = new Map<string, Control>()
  await scanLog<{ key: string; value: Buffer | null }>(reader, {
    spans: await spansOf(reader, null),
    signal,
    make: ({ key, value }) => ({ key: key?.toString() ?? '', value }),
    async visit(found) {
      await codec.learn(found)
      for (const { key, value } of found) {
        const decoded = value === null ? null : codec.decode(value)
        if (decoded === null) said.delete(key)
        else if (decoded.kind === 'record') said.set(key, decoded.record)
      }
      return true
    },
  })
  return [...said.values()].filter(({ until }) => until === null || until > nowMs)
}
