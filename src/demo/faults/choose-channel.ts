import { DEMO_CHANNELS, type DemoChannel } from '../demo-config.ts'
import type { NonEmpty } from '../scenario/draw.ts'

type Name = (typeof DEMO_CHANNELS)[number]['name']

/** Webhooks only, those with few messages first: a dead letter takes a second to deliver. */
export const MAY_BE_GONE: NonEmpty<Name> = [
  'churn-risk',
  'platform-alerts',
  'billing',
  'growth',
  'nps',
  'signups',
]
/** Those with many messages first: one must meet the fault. */
export const MAY_BE_THROTTLED: NonEmpty<Name> = ['sales', 'signups', 'hot-leads', 'nps', 'billing', 'growth']

/** The first that is meant, and not taken; where none is meant, the first that is not taken. */
export function chooseChannel(
  names: NonEmpty<Name>,
  { isMeant, taken }: { isMeant(channel: DemoChannel): boolean; taken: ReadonlySet<string> },
): { channel: DemoChannel; meant: boolean } {
  const free = names.flatMap((name) =>
    DEMO_CHANNELS.filter((channel) => channel.name === name && !taken.has(channel.destination)),
  )
  const meant = free.find(isMeant)
  const channel = meant ?? free[0] ?? DEMO_CHANNELS[0]
  return { channel, meant: meant !== undefined }
}
