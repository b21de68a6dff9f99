import type { EventCause } from '../../core/outcome.ts'
import { HOSTILE_NAMES, NAMES, type Wording } from './cast.ts'
import type { Draw } from './draw.ts'
import type { ExpectedMessage } from './step.ts'

/** What a story needs to be told. */
export interface Scene {
  draw: Draw
  /** Grows by one with every call: what makes each expected text different from all others. */
  serial(): number
}

/** The calls of the Segment spec that the demo makes, with the fields that are theirs. */
export type SegmentCall =
  | { type: 'track'; event: string; properties: Record<string, unknown> }
  | { type: 'identify'; traits: Record<string, unknown> }
  | { type: 'page'; name: string; properties: Record<string, unknown> }
  | { type: 'group'; groupId: string; traits: Record<string, unknown> }

/** One thing that somebody did, and every message it must lead to. */
export interface Told {
  who: { userId: string } | { anonymousId: string }
  call: SegmentCall
  expected: readonly ExpectedMessage[]
  integrations?: Record<string, boolean>
  expectedDeadLetter?: EventCause
}

export type Story = (scene: Scene) => Told

/** One name in eight is one that means harm. */
export function drawName(draw: Draw): Wording {
  return draw.pick(draw.chance(1 / 8) ? HOSTILE_NAMES : NAMES)
}

/** One of a few hundred customers who come back. */
export function drawUserId(draw: Draw): string {
  return `u_${draw.integer(100, 499)}`
}
