import type { Destination } from '../config/config.ts'
import { type Attempt, NOT_WRITTEN } from '../slack/attempt.ts'
import { type Breaker, onGivenUp, onPost } from './breaker.ts'
import { asOneUnit, joinedContent, splitInHalves } from './coalesce.ts'
import { type Answered, type Consequence, drawConsequence, type Group, type HoldStep } from './consequence.ts'
import type { Fate, Hold } from './fate.ts'
import type { Lane, QueuedMessage } from './lane.ts'
import { intervalOf, isOwnWord, isWithheld, type Move, nextGroup, nextMove } from './lane-moves.ts'
import type { Common, Flight } from './lanes-common.ts'
import { Alarm, createSlot, type Slot } from './lanes-pace.ts'

/** Nothing paces what is given up, nor a blackhole: after so many messages other work gets its turn. */
const DONE_AT_ONCE = 250
/** A lane that was kept from writing asks again: `mayPost` waits, this keeps it from spinning should it not. */
const NOT_WRITTEN_PAUSE_MS = 50

type Decided = Extract<Consequence, { kind: 'decided' }>

/**
 * The work of one lane, from its first message until it is forgotten: one loop, which asks nextMove what to do. The
 * slot is held from the start of the first post until the last one's wait has passed and nothing is left to post.
 */
export class LaneWork {
  readonly lane: Lane
  readonly #common: Common
  readonly #alarm = new Alarm()
  #slot: { run: Slot; paced: boolean } | null = null
  /** The configuration has changed since a post left, and what follows from it is drawn when that has landed. */
  #isStale = false
  /** Whose wait for its destination has been told. */
  #toldUnknown: QueuedMessage | null = null

  constructor(lane: Lane, common: Common) {
    this.lane = lane
    this.#common = common
  }

  /** Something has changed that a waiting lane must see. */
  wake(): void {
    this.#alarm.wake()
  }

  /**
   * The configuration is another one. A post in flight ends as it began; after it, what belongs to another lane
   * leaves, behind it and in order. `mayBeMisplaced` is asked about destinations.
   */
  reconfigured(mayBeMisplaced: (destination: string) => boolean): void {
    if (this.lane.posting > 0) this.#isStale = true
    else this.#catchUp(mayBeMisplaced)
    this.#alarm.wake()
  }

  async run(): Promise<void> {
    const { signal, forget } = this.#common
    while (!signal.aborted) {
      const destination = await this.#untilDue()
      if (destination !== null) {
        await this.#slotFor(destination)(() => this.#turn())
      } else if (!signal.aborted && this.#move().kind === 'end') {
        forget(this.lane)
        return
      }
    }
  }

  /** A limiter's job costs more than a post, so one job goes on for as long as there is something to post. */
  async #turn(): Promise<void> {
    for (let nth = 1; ; nth += 1) {
      await this.#post()
      const destination = await this.#untilDue()
      if (destination === null || this.#slot?.paced !== isPaced(destination)) return
      if (nth % DONE_AT_ONCE === 0) await giveWay()
    }
  }

  /** A destination whose rate is changed to or from `off` gets another one. */
  #slotFor(destination: Destination): Slot {
    const paced = isPaced(destination)
    if (this.#slot?.paced !== paced) this.#slot = { run: createSlot({ paced }), paced }
    return this.#slot.run
  }

  #move(): Move {
    return nextMove(this.lane, this.#common.world)
  }

  /** Waits, and lets go of what is not to be posted; gives where the head is to go, or null where nothing is left. */
  async #untilDue(): Promise<Destination | null> {
    const { signal } = this.#common
    while (!signal.aborted) {
      const move = this.#move()
      if (move.kind === 'post') return move.destination
      if (move.kind === 'end') return null
      if (move.kind === 'wait') await this.#wait(move)
      else if (move.kind === 'leave') this.lane.queue.leave(1)
      else await this.#giveUp()
    }
    return null
  }

  async #wait({ untilMs, unknown, paused }: Extract<Move, { kind: 'wait' }>): Promise<void> {
    const { clock } = this.#common.deps
    if (unknown) this.#tellUnknown(untilMs)
    const sinceMs = clock.monotonicMs()
    await this.#alarm.sleep(untilMs - sinceMs)
    // While it is paused a destination does not fail, and patience with it does not run out.
    if (paused && this.lane.failingSinceMs !== null) this.lane.failingSinceMs += clock.monotonicMs() - sinceMs
  }

  /** Fates go on record, so they wait like posts while nothing can be put there. */
  async #giveUp(): Promise<void> {
    const { deps, signal } = this.#common
    await deps.mayPost(signal)
    for (let nth = 0; nth < DONE_AT_ONCE && !signal.aborted; nth += 1) {
      const move = this.#move()
      const head = this.lane.queue.at(0)
      if (move.kind !== 'give_up' || head === undefined) return
      const { kind, ...fate } = move
      if (!isOwnWord(head)) this.#moveBreaker(onGivenUp(this.lane.breaker, deps.clock.monotonicMs()), head)
      this.lane.queue.leave(1)
      this.#settled(head, { ...fate, answer: null, breaker: this.lane.breaker.state })
    }
    await giveWay()
  }

  async #post(): Promise<void> {
    const { deps, signal, flights } = this.#common
    await deps.mayPost(signal)
    const move = this.#move()
    const group = move.kind === 'post' ? nextGroup(this.lane, move.destination, deps.clock) : null
    if (signal.aborted || move.kind !== 'post' || group === null) return
    this.lane.posting = group.length
    this.#moveBreaker(onPost(this.lane.breaker), group[0])
    const landed = Promise.withResolvers<void>()
    const flight = { messages: group, written: move.destination.type === 'blackhole', landed: landed.promise }
    flights.add(flight)
    try {
      this.#conclude({ group, destination: move.destination, attempt: await this.#fly(move, group, flight) })
    } finally {
      this.lane.posting = 0
      flights.delete(flight)
      if (this.#isStale) this.#catchUp(() => true)
      landed.resolve()
    }
  }

  #fly({ destination }: { destination: Destination }, group: Group, flight: Flight): Promise<Attempt> {
    const { deps, signal, world } = this.#common
    return deps.post(destination, joinedContent(group), () => {
      const mayWrite = !signal.aborted && deps.mayWrite() && group.every((message) => message.owned())
      // Whoever posts much may have waited long for a socket.
      flight.written = mayWrite && !isWithheld(destination.id, world)
      return flight.written
    })
  }

  /** Takes the consequence of an attempt. */
  #conclude(answered: Answered): void {
    const { group, destination, attempt } = answered
    const { clock, random, observer } = this.#common.deps
    if (attempt.detail === NOT_WRITTEN) {
      this.#rest(NOT_WRITTEN_PAUSE_MS)
      return
    }
    for (const message of group) {
      message.attempts += 1
      message.postMessages = group.length
    }
    observer.postAnswered({
      destination: destination.id,
      messageId: group[0].record.id,
      outcome: attempt.outcome,
      status: attempt.answer?.status ?? null,
      detail: attempt.detail,
      attempt: group[0].attempts,
      messages: group.length,
      durationMs: attempt.durationMs,
      intervalMs: intervalOf(destination),
    })
    const consequence = drawConsequence(this.lane, answered, { clock, random })
    if (consequence.kind === 'split') this.#split(answered)
    else this.#settle(consequence, answered)
    const { id } = destination
    this.lane.paced = {
      destination: id,
      answeredMs: clock.monotonicMs(),
      intervalMs: intervalOf(destination) ?? 0,
    }
  }

  #split({ group, destination, attempt: { detail } }: Answered): void {
    splitInHalves(group, this.#common.freshUnit)
    this.#common.deps.observer.postSplit({ destination: destination.id, messages: group.length, detail })
  }

  #settle({ done, held, wait, breaker }: Decided, answered: Answered): void {
    const { group, attempt } = answered
    this.#moveBreaker(breaker, group[0])
    this.lane.queue.leave(group.length, held)
    const { detail, answer } = attempt
    const told = { detail, answer, breaker: breaker.state }
    for (const { message, step } of done) {
      if (step.kind === 'delivered') this.#settled(message, { outcome: 'delivered', cause: null, ...told })
      else this.#settled(message, { outcome: 'dead_lettered', cause: step.cause, ...told })
    }
    if (wait !== null) this.#hold(held, wait, answered)
  }

  #settled(message: QueuedMessage, fate: Fate): void {
    const recorded = this.#common.deps.settled(message, fate)
    if (fate.outcome === 'delivered') return
    this.lane.givingUp += 1
    void recorded.then(() => {
      this.lane.givingUp -= 1
      if (this.lane.givingUp === 0) this.#alarm.wake()
    })
  }

  /** What may have been posted is resent as it was, and how often is on record for each message. */
  #hold(messages: readonly QueuedMessage[], step: HoldStep, { destination, attempt }: Answered): void {
    const { observer, clock, held } = this.#common.deps
    const { failingSinceMs, breaker } = this.lane
    const isAmbiguous = step.reason === 'ambiguous'
    if (isAmbiguous) asOneUnit(messages, this.#common.freshUnit)
    const waitMs = Math.max(step.waitMs, intervalOf(destination) ?? 0)
    this.#rest(waitMs)
    observer.laneHeld({ destination: destination.id, reason: step.reason, waitMs })
    const hold: Hold = {
      waitMs,
      detail: attempt.detail,
      answer: attempt.answer,
      failingForMs: failingSinceMs === null ? null : clock.monotonicMs() - failingSinceMs,
      breaker: breaker.state,
    }
    // Also of a partition that was taken away meanwhile: its next owner waits for this word.
    for (const message of isAmbiguous ? messages : messages.slice(0, 1)) held(message, hold)
  }

  #catchUp(mayBeMisplaced: (destination: string) => boolean): void {
    const { lane } = this
    const { world, deps } = this.#common
    this.#isStale = false
    const last = lane.queue.at(lane.queue.length - 1)
    if (last !== undefined) lane.limit = world.limitOf(last.record.destination)
    const paced = lane.paced === null ? undefined : world.destinations.get(lane.paced.destination)
    if (lane.paced !== null && paced !== undefined) lane.paced.intervalMs = intervalOf(paced) ?? 0
    if (!lane.queue.holdsAny(mayBeMisplaced)) return
    const leaving = lane.queue.first(lane.queue.length).filter((message) => deps.isMisplaced(message))
    if (leaving.length === 0) return
    const gone = new Set(leaving)
    lane.queue.retain((message) => !gone.has(message))
    deps.gaveBack(leaving)
  }

  #rest(ms: number): void {
    this.lane.notBeforeMs = Math.max(this.lane.notBeforeMs, this.#common.deps.clock.monotonicMs() + ms)
  }

  #moveBreaker(next: Breaker, message: QueuedMessage): void {
    const { state, word } = next
    const hasChanged = state !== this.lane.breaker.state
    this.lane.breaker = next
    if (!hasChanged) return
    const { destination } = message.record
    this.#common.deps.observer.breakerChanged({ destination, state, detail: word })
  }

  /** A record that names a destination which is not configured, or is disabled, gets time for a deploy. */
  #tellUnknown(untilMs: number): void {
    const head = this.lane.queue.at(0)
    if (head === undefined || head === this.#toldUnknown) return
    this.#toldUnknown = head
    const { observer, clock } = this.#common.deps
    const waitMs = untilMs - clock.monotonicMs()
    observer.laneHeld({ destination: head.record.destination, reason: 'unknown_destination', waitMs })
  }
}

/** Whatever wakes the lane meanwhile: other work gets its turn. */
function giveWay(): Promise<void> {
  return new Alarm().sleep(1)
}

function isPaced(destination: Destination): boolean {
  return intervalOf(destination) !== null
}
