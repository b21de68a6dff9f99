import type { EventFormat, EventFormats } from '../event/event-formats.ts'
import { isWithheld } from '../event/integrations.ts'

/**
 * Formats that let the matcher go on with an event that its own `integrations` object withholds, so that what it
 * would have given can be counted. `isWithheld` tells it of the event that was decoded last.
 */
export function noticeWithheld(
  formats: EventFormats,
  names: readonly string[],
): { formats: EventFormats; isWithheld(): boolean } {
  let withheld = false
  const watched = new Map<string, EventFormat>()
  const watch = (topic: string): EventFormat => {
    const format = formats(topic)
    const decode: EventFormat['decode'] = (value) => {
      const decoded = format.decode(value)
      withheld = decoded.kind === 'event' && isWithheld(decoded.event, names)
      if (decoded.kind !== 'event' || !withheld) return decoded
      const { integrations: _, ...event } = decoded.event
      return { kind: 'event', event }
    }
    return { ...format, decode }
  }
  return {
    formats(topic) {
      const format = watched.get(topic) ?? watch(topic)
      watched.set(topic, format)
      return format
    },
    isWithheld: () => withheld,
  }
}
