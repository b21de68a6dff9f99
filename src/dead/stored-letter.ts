import { parseMessageId } from '../core/ids.ts'
import type { DeadLetter, EventCoordinates } from '../core/records.ts'

/** A letter as it lies in its topic. */
export interface StoredLetter {
  partition: number
  offset: number
  letter: DeadLetter
  /** Whether a mark says that it went back already. */
  replayed: boolean
}

/** What a person names a letter by: a message's id, or the coordinates of an event. */
export type LetterId =
  | { kind: 'message'; text: string }
  | { kind: 'event'; text: string; topic: string; partition: number; offset: number }

const COORDINATES = /^([\w.-]+):(\d+):(\d+)$/

/** Undefined for a text that is neither. */
export function parseLetterId(text: string): LetterId | undefined {
  if (parseMessageId(text) !== null) return { kind: 'message', text }
  const [, topic, partition, offset] = COORDINATES.exec(text) ?? []
  if (topic === undefined) return undefined
  return { kind: 'event', text, topic, partition: Number(partition), offset: Number(offset) }
}

/** A message's id names its letters; an event's coordinates name every letter that came of the event. */
export function isNamedBy({ message, event }: DeadLetter, id: LetterId): boolean {
  if (id.kind === 'message') return message?.id === id.text
  const lay = event ?? message?.event
  return lay?.topic === id.topic && lay.partition === id.partition && lay.offset === id.offset
}

/** The id that `show` and `replay` take: the message's, or the event's coordinates. */
export function idOf({ message, event }: DeadLetter): string {
  if (message !== null) return message.id
  return event === null ? 'unknown' : coordinatesOf(event)
}

export function coordinatesOf({ topic, partition, offset }: EventCoordinates): string {
  return `${topic}:${partition}:${offset}`
}
