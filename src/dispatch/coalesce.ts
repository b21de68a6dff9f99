import type { DeliveryPolicy } from '../config/config.ts'
import type { MessageContent } from '../core/records.ts'
import type { QueuedMessage } from './lane.ts'

/**
 * Which waiting messages go out as one post. Order never changes: a post takes the messages at the head of their
 * lane, as far as they look alike and fit.
 *
 * A unit is a set of messages that share their posts with each other alone. It keeps apart what a refused joint
 * post was split into, and together what may have been posted once: the resend is then the same post.
 */

/** A lane's waiting messages, the head at 0. */
export interface Waiting {
  readonly length: number
  at(nth: number): QueuedMessage | undefined
}

const FENCE = '```'

/** How many messages from the head share a post; at least the head. `mayJoin` is not asked about the head. */
export function groupLength(
  waiting: Waiting,
  coalesce: DeliveryPolicy['coalesce'],
  mayJoin: (message: QueuedMessage) => boolean,
): number {
  const head = waiting.at(0)
  if (head === undefined) return 0
  if (coalesce === null || hasOpenFence(head)) return 1
  let chars = head.record.message.text.length
  let length = 1
  while (length < coalesce.maxMessages) {
    const next = waiting.at(length)
    if (next === undefined || !looksLike(head, next) || hasOpenFence(next)) break
    chars += 1 + next.record.message.text.length
    if (chars > coalesce.maxChars || !mayJoin(next)) break
    length += 1
  }
  return length
}

/** The post of a group; all look like the first. */
export function joinedContent(group: readonly [QueuedMessage, ...QueuedMessage[]]): MessageContent {
  const [{ record }] = group
  if (group.length === 1) return record.message
  return { ...record.message, text: group.map(({ record: { message } }) => message.text).join('\n') }
}

/** Parts a group in two that never share a post again. */
export function splitInHalves(group: readonly QueuedMessage[], freshUnit: () => number): void {
  const middle = Math.ceil(group.length / 2)
  asOneUnit(group.slice(0, middle), freshUnit)
  asOneUnit(group.slice(middle), freshUnit)
}

/** From now on these share a post with each other and with nothing else. */
export function asOneUnit(group: readonly QueuedMessage[], freshUnit: () => number): void {
  const unit = freshUnit()
  for (const message of group) message.unit = unit
}

/**
 * What was equally often ambiguous goes together, so that after a restart, which forgets units, a frozen group is
 * still not mixed with what has never been posted.
 */
function looksLike(a: QueuedMessage, b: QueuedMessage): boolean {
  const [one, other] = [a.record.message, b.record.message]
  return (
    a.record.destination === b.record.destination &&
    a.unit === b.unit &&
    a.ambiguous === b.ambiguous &&
    one.channel === other.channel &&
    one.username === other.username &&
    one.icon_url === other.icon_url &&
    one.icon_emoji === other.icon_emoji
  )
}

/** A fence that is not closed would swallow what follows it. */
function hasOpenFence({ record }: QueuedMessage): boolean {
  const { text } = record.message
  let open = false
  for (let at = text.indexOf(FENCE); at >= 0; at = text.indexOf(FENCE, at + FENCE.length)) open = !open
  return open
}
