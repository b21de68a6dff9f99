/**
 * Who of a consumer group reads which partitions, given what everyone has read so far. Guarantees, for members that
 * subscribe to the same topics:
 *
 * - Every unit is given to exactly one member, and the numbers of units of any two members differ by at most one.
 * - No more units move than that takes: a member that joins gets floor(units / members), one that leaves loses its
 *   own, and nobody else's change.
 * - The same members, claims and partitions give the same result, in whatever order they come.
 *
 * While subscriptions differ (versions are mixed during a rolling deploy) a unit goes only to a member that
 * subscribes to one of its topics, and balance is as good as moving one unit at a time makes it.
 */

export interface TopicPartition {
  topic: string
  partition: number
}

export interface StickyMember {
  memberId: string
  topics: ReadonlySet<string>
  /** What it says it has; another may say the same. */
  owned: readonly TopicPartition[]
  /** Wall clock; of two who claim the same partition the later has it. */
  ownedSinceMs: number
}

export interface StickyRequest {
  members: readonly StickyMember[]
  partitionsByTopic: ReadonlyMap<string, readonly number[]>
  /** Equal partition numbers of all topics are one unit; else every partition is its own. */
  together: boolean
}

/** By member id, then topic; ascending. Every member is there, also one that gets nothing. */
export type StickyAssignment = Map<string, Map<string, number[]>>

/** What is given away as a whole. */
interface Unit {
  parts: readonly TopicPartition[]
  /** Its topics: units of one kind are spread over the members, too, where that costs no move. */
  kind: string
}

interface Share {
  member: StickyMember
  units: Unit[]
  countByKind: Map<string, number>
}

export function assignSticky({ members, partitionsByTopic, together }: StickyRequest): StickyAssignment {
  const shares = members
    .toSorted((a, b) => compare(a.memberId, b.memberId))
    .map((member): Share => ({ member, units: [], countByKind: new Map() }))
  const units = together ? unitsByNumber(partitionsByTopic) : unitsByPartition(partitionsByTopic)
  const free = leaveWithClaimants(units, shares)
  for (const unit of scarcestFirst(free, shares)) {
    const taker = leastLoaded(shares, unit)
    if (taker !== null) give(unit, taker)
  }
  for (let move = nextMove(shares); move !== null; move = nextMove(shares)) {
    takeAway(move.unit, move.from)
    give(move.unit, move.to)
  }
  return new Map(shares.map((share) => [share.member.memberId, partitionsOf(share)]))
}

function unitsByPartition(partitionsByTopic: StickyRequest['partitionsByTopic']): Unit[] {
  return partsOf(partitionsByTopic).map((part) => ({ parts: [part], kind: part.topic }))
}

/** A topic with fewer partitions is simply not part of the higher ones. */
function unitsByNumber(partitionsByTopic: StickyRequest['partitionsByTopic']): Unit[] {
  const byNumber = Map.groupBy(partsOf(partitionsByTopic), ({ partition }) => partition)
  return [...byNumber]
    .toSorted(([a], [b]) => a - b)
    .map(([, parts]) => ({ parts, kind: parts.map(({ topic }) => topic).join() }))
}

function partsOf(partitionsByTopic: StickyRequest['partitionsByTopic']): TopicPartition[] {
  return [...partitionsByTopic]
    .toSorted(([a], [b]) => compare(a, b))
    .flatMap(([topic, partitions]) => ascending(partitions).map((partition) => ({ topic, partition })))
}

/** Gives every unit to the newest of those who claim and may have it; returns the units that nobody claims. */
function leaveWithClaimants(units: readonly Unit[], shares: readonly Share[]): Unit[] {
  const claims = new Map<string, Share[]>()
  for (const share of shares) {
    for (const key of new Set(share.member.owned.map(keyOf))) {
      claims.set(key, [...(claims.get(key) ?? []), share])
    }
  }
  return units.filter((unit) => {
    const claimants = unit.parts.flatMap((part) => claims.get(keyOf(part)) ?? [])
    const [first, ...others] = claimants.filter((share) => mayTake(share, unit))
    if (first === undefined) return true
    give(unit, others.reduce(newerClaim, first))
    return false
  })
}

function newerClaim(a: Share, b: Share): Share {
  const order = a.member.ownedSinceMs - b.member.ownedSinceMs || compare(b.member.memberId, a.member.memberId)
  return order >= 0 ? a : b
}

/** Units that few may take come first, while those few have room: nothing need make way for them later. */
function scarcestFirst(units: readonly Unit[], shares: readonly Share[]): Unit[] {
  return units
    .map((unit) => ({ unit, takers: shares.filter((share) => mayTake(share, unit)).length }))
    .toSorted((a, b) => a.takers - b.takers)
    .map(({ unit }) => unit)
}

function leastLoaded(shares: readonly Share[], unit: Unit): Share | null {
  const [first, ...others] = shares.filter((share) => mayTake(share, unit))
  if (first === undefined) return null
  return others.reduce((best, share) => {
    const more = best.units.length - share.units.length || kindCount(best, unit) - kindCount(share, unit)
    return more > 0 ? share : best
  }, first)
}

/** From the fullest member to the emptiest, and only where that brings the two nearer to each other. */
function nextMove(shares: readonly Share[]): { unit: Unit; from: Share; to: Share } | null {
  const byLoad = shares.toSorted((a, b) => a.units.length - b.units.length)
  for (const from of byLoad.toReversed()) {
    for (const to of byLoad) {
      if (from.units.length - to.units.length < 2) break
      const unit = unitToMove(from, to)
      if (unit !== null) return { unit, from, to }
    }
  }
  return null
}

/** Of the kind that the one has most of and the other least. */
function unitToMove(from: Share, to: Share): Unit | null {
  const [first, ...others] = from.units.filter((unit) => mayTake(to, unit))
  if (first === undefined) return null
  const surplus = (unit: Unit): number => kindCount(from, unit) - kindCount(to, unit)
  return others.reduce((best, unit) => (surplus(unit) > surplus(best) ? unit : best), first)
}

function mayTake({ member }: Share, { parts }: Unit): boolean {
  return parts.some(({ topic }) => member.topics.has(topic))
}

function give(unit: Unit, { units, countByKind }: Share): void {
  units.push(unit)
  countByKind.set(unit.kind, (countByKind.get(unit.kind) ?? 0) + 1)
}

function takeAway(unit: Unit, { units, countByKind }: Share): void {
  units.splice(units.indexOf(unit), 1)
  countByKind.set(unit.kind, (countByKind.get(unit.kind) ?? 0) - 1)
}

function kindCount({ countByKind }: Share, { kind }: Unit): number {
  return countByKind.get(kind) ?? 0
}

function partitionsOf({ member, units }: Share): Map<string, number[]> {
  const parts = units.flatMap((unit) => unit.parts).filter(({ topic }) => member.topics.has(topic))
  const byTopic = Map.groupBy(
    parts.toSorted((a, b) => compare(a.topic, b.topic)),
    ({ topic }) => topic,
  )
  return new Map(
    [...byTopic].map(([topic, held]) => [topic, ascending(held.map(({ partition }) => partition))]),
  )
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}

function ascending(partitions: readonly number[]): number[] {
  return partitions.toSorted((a, b) => a - b)
}

/** By code unit: a locale would make two leaders disagree. */
function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
