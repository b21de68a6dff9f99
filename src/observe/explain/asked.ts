import { type MessageIdParts, parseMessageId } from '../../core/ids.ts'

/** A place in a topic. */
export interface Place {
  topic: string
  partition: number
  offset: number
}

/** What a person asks about. */
export type Asked =
  | { kind: 'message_id'; id: string; parts: MessageIdParts }
  | { kind: 'event_coordinates'; id: string; at: Place }
  /** `instead`: the topic that its shape names and that does not exist, so that it was not taken for coordinates. */
  | { kind: 'event_message_id'; id: string; instead: string | null }

const COORDINATES = /^([\w.-]+):(\d+):(\d+)$/

/**
 * What an id is by its shape alone. A producer's messageId may hold anything, also colons, so a shape counts only
 * where `isTopic` says that the topic which it names is one: else it is a messageId.
 */
export async function recognise(id: string, isTopic: (topic: string) => Promise<boolean>): Promise<Asked> {
  const parts = parseMessageId(id)
  if (parts !== null) {
    if (await isTopic(parts.topic)) return { kind: 'message_id', id, parts }
    return { kind: 'event_message_id', id, instead: parts.topic }
  }
  const [, topic, partition, offset] = COORDINATES.exec(id) ?? []
  if (topic === undefined) return { kind: 'event_message_id', id, instead: null }
  const at = { topic, partition: Number(partition), offset: Number(offset) }
  if (await isTopic(topic)) return { kind: 'event_coordinates', id, at }
  return { kind: 'event_message_id', id, instead: topic }
}

/** `orders:3:1042`. */
export function placeText({ topic, partition, offset }: Place): string {
  return `${topic}:${partition}:${offset}`
}

export function isSamePlace(a: Place, b: Place): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.offset === b.offset
}
