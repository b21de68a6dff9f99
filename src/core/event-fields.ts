/** The calls of the Segment spec, https://segment.com/docs/connections/spec/. */
export const EVENT_TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const
export type EventType = (typeof EVENT_TYPES)[number]

/** The fields of an event that a map may fill, beside `type`. */
export const MAPPED_FIELDS = [
  'event',
  'userId',
  'anonymousId',
  'messageId',
  'timestamp',
  'properties',
  'traits',
  'context',
  'integrations',
] as const
export type MappedField = (typeof MAPPED_FIELDS)[number]
