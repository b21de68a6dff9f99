/**
 * The messages of the chat page, the last of each channel held for those who come later or come back. Entries are
 * numbered in the order of publishing, across channels. An id names the feed and the entry: after a restart
 * the numbers begin anew, and an id of the feed before must not be taken for one of this.
 */

/** A message as it shows in a channel; null where the sender said nothing. */
export interface ChatMessage {
  /** The channel's name, without `#`. */
  channel: string
  username: string | null
  iconUrl: string | null
  /** `:tada:` */
  iconEmoji: string | null
  /** Slack's mrkdwn, escaped as it arrived. */
  text: string
  /** Milliseconds since the epoch. */
  at: number
}

export interface FeedEntry {
  seq: number
  id: string
  message: ChatMessage
}

export interface ChatFeed {
  readonly id: string
  /** Published so far, those included that are no longer held. */
  readonly published: number
  publish(message: ChatMessage): FeedEntry
  /** What is held and newer than the entry of this id; all that is held where the id is not of this feed. */
  since(lastEventId: string | null): FeedEntry[]
}

export function createChatFeed({ id, perChannel }: { id: string; perChannel: number }): ChatFeed {
  const held = new Map<string, FeedEntry[]>()
  let published = 0
  return {
    id,
    get published() {
      return published
    },
    publish(message) {
      published++
      const entry = { seq: published, id: `${id}.${published}`, message }
      const entries = held.get(message.channel) ?? []
      entries.push(entry)
      if (entries.length > perChannel) entries.shift()
      held.set(message.channel, entries)
      return entry
    },
    since(lastEventId) {
      const seen = seenSeq(id, lastEventId)
      return [...held.values()]
        .flat()
        .filter(({ seq }) => seq > seen)
        .sort((a, b) => a.seq - b.seq)
    },
  }
}

function seenSeq(feedId: string, lastEventId: string | null): number {
  if (lastEventId === null || !lastEventId.startsWith(`${feedId}.`)) return 0
  const seq = lastEventId.slice(feedId.length + 1)
  return /^\d{1,15}$/.test(seq) ? Number(seq) : 0
}
