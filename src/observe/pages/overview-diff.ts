import type { ActionView, LaneView, MessageView, Overview } from '../overview/overview.ts'

/**
 * What has changed from one overview to the next, so that a thousand lanes cost little. Lanes, messages and actions
 * are told item by item, the rest whole where it differs. pages/status/apply.js puts it together again.
 */
export interface OverviewUpdate extends Partial<Omit<Overview, 'lanes' | 'messages' | 'actions'>> {
  at: number
  lanes?: ListUpdate<LaneView>
  messages?: ListUpdate<MessageView>
  actions?: ListUpdate<ActionView>
}

export interface ListUpdate<T> {
  /** Places, in the list before, of what is no longer in it. */
  gone: number[]
  /**
   * Changed, moved and new items, by their place in the list now: that place, the place before (null: new), and the
   * fields that differ, or the whole new item. All others keep their order.
   */
  set: [place: number, before: number | null, fields: Partial<T>][]
}

export function diffOverview(before: Overview, now: Overview): OverviewUpdate {
  const { lanes, messages, actions, ...rest } = now
  return {
    ...changedFields(before, rest),
    at: now.at,
    ...named('lanes', diffList(before.lanes, lanes, laneKey)),
    ...named(
      'messages',
      diffList(before.messages, messages, ({ id }) => id),
    ),
    ...named(
      'actions',
      diffList(before.actions, actions, ({ action }) => action),
    ),
  }
}

function laneKey({ lane, process }: LaneView): string {
  return `${process} ${lane}`
}

function named<N extends string, V>(name: N, value: V | null): { [key in N]?: V } {
  return value === null ? {} : ({ [name]: value } as { [key in N]: V })
}

/** Null where nothing differs. Of items that share a key, the first is told by its fields, the others as new. */
export function diffList<T extends object>(
  before: readonly T[],
  now: readonly T[],
  keyOf: (item: T) => string,
): ListUpdate<T> | null {
  const places = new Map<string, number>()
  for (const [place, item] of before.entries()) if (!places.has(keyOf(item))) places.set(keyOf(item), place)
  const kept = new Set<number>()
  const set: ListUpdate<T>['set'] = []
  let highest = -1
  for (const [place, item] of now.entries()) {
    const was = places.get(keyOf(item))
    const old = was === undefined ? undefined : before[was]
    if (was === undefined || old === undefined || kept.has(was) || lostFields(old, item)) {
      set.push([place, null, item])
      continue
    }
    kept.add(was)
    const fields = changedFields(old, item)
    if (was > highest && Object.keys(fields).length === 0) highest = was
    else set.push([place, was, fields])
  }
  const gone = [...before.keys()].filter((place) => !kept.has(place))
  return gone.length === 0 && set.length === 0 ? null : { gone, set }
}

function lostFields(before: object, now: object): boolean {
  return Object.keys(before).some((name) => !Object.hasOwn(now, name))
}

function changedFields<T extends object>(before: object, now: T): Partial<T> {
  const old = new Map<string, unknown>(Object.entries(before))
  const differing = Object.entries(now).filter(([name, value]) => !isSame(old.get(name), value))
  return Object.fromEntries(differing) as Partial<T>
}

/** Of JSON values. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [ones, others] = [Object.entries(one), new Map<string, unknown>(Object.entries(other))]
  return (
    ones.length === others.size &&
    ones.every(([name, value]) => others.has(name) && isSame(value, others.get(name)))
  )
}
