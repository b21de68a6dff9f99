import type { Destination } from '../config/config.ts'
import type { Clock } from '../core/clock.ts'
import type { AttemptOutcome } from '../core/outcome.ts'
import type { Random } from '../core/random.ts'
import type { Attempt } from '../slack/attempt.ts'
import { outcomeInARow } from '../slack/classify.ts'
import { type Breaker, onAnswer } from './breaker.ts'
import { failingForMs, type Lane, noteAttempt, type QueuedMessage } from './lane.ts'
import { nextStep, type Step } from './retry.ts'

export type Group = readonly [QueuedMessage, ...QueuedMessage[]]

/** A post of a lane and what it was answered. */
export interface Answered {
  group: Group
  destination: Destination
  attempt: Attempt
}

export type HoldStep = Extract<Step, { kind: 'hold' }>

/** What an answer means for the messages of its post. */
export type Consequence =
  /** Something in one of them was refused: they go on in halves. */
  | { kind: 'split' }
  | {
      kind: 'decided'
      done: readonly { message: QueuedMessage; step: Exclude<Step, HoldStep> }[]
      held: readonly QueuedMessage[]
      /** The first held message's, which is the lane's; null where none is held. */
      wait: HoldStep | null
      breaker: Breaker
    }

/** Takes note of the answer in the lane and its messages, and decides what becomes of each. */
export function drawConsequence(
  lane: Lane,
  answered: Answered,
  by: { clock: Clock; random: Random },
): Consequence {
  const { group, attempt } = answered
  const outcome = outcomeInARow(attempt, lane.toleratedInARow + 1)
  const failed = outcome === 'retry' || outcome === 'ambiguous'
  const failuresBefore = lane.failuresInARow
  const monotonicMs = by.clock.monotonicMs()
  lane.lastAnswer = {
    at: Math.round(by.clock.nowMs()),
    outcome,
    status: attempt.answer?.status ?? null,
    detail: attempt.detail,
    messages: group.length,
  }
  noteAttempt(lane, { failed, tolerable: attempt.tolerated > 0, monotonicMs })
  if (outcome === 'rejected' && group.length > 1 && !attempt.blamesChannel) return { kind: 'split' }
  const steps = stepsAfter(lane, { ...answered, outcome, failuresBefore }, by)
  if (outcome === 'ambiguous') for (const message of group) message.ambiguous += 1
  const held = steps.flatMap(({ message, step }) => (step.kind === 'hold' ? [message] : []))
  const { detail, blamesChannel } = attempt
  const answer = { outcome, detail, blamesChannel, gaveUp: held.length === 0, monotonicMs }
  return {
    kind: 'decided',
    done: steps.flatMap(({ message, step }) => (step.kind === 'hold' ? [] : [{ message, step }])),
    held,
    wait: steps.map(({ step }) => step).find((step) => step.kind === 'hold') ?? null,
    breaker: onAnswer(lane.breaker, answer),
  }
}

interface Judged extends Answered {
  outcome: AttemptOutcome
  /** Failed attempts of the lane in a row, before this one. */
  failuresBefore: number
}

/** Each message has its own patience, so those of one post may end differently. */
function stepsAfter(
  lane: Lane,
  { group, destination, attempt, outcome, failuresBefore }: Judged,
  { clock, random }: { clock: Clock; random: Random },
): { message: QueuedMessage; step: Step }[] {
  const at = { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() }
  return group.map((message) => {
    const input = {
      outcome,
      retryAfterMs: attempt.retryAfterMs,
      ambiguousBefore: message.ambiguous,
      failuresInARow: failuresBefore,
      failingForMs: failingForMs(lane, message, at),
    }
    return { message, step: nextStep(input, destination.policy, random) }
  })
}
