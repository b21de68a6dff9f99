/**
 * A shop's and a SaaS product's events, as many as are asked for, with the messages each must lead to. The
 * expectations come from the stories' own tables and share no code with src/match: what they say is what a
 * reader of the configuration would say.
 *
 * How often a story is told that leads to a message is set in messages a second of the events' own time, not as
 * a share of the events: at most 0.6 a second for a channel, while a webhook takes one a second. A higher rate
 * of events adds ordinary traffic between the messages, a lower one than some 5 a second thins the messages out.
 */
import type { Random } from '../core/random.ts'
import type { AnalyticsEvent } from '../event/event.ts'
import { createDraw, type Draw, type NonEmpty } from './scenario/draw.ts'
import { JSON_POISON, type Poison } from './scenario/poison.ts'
import {
  apiErrors,
  bigCompany,
  cancellation,
  detractor,
  emptyFeedback,
  enterprisePlan,
  feedback,
  planUpgrade,
} from './scenario/product-stories.ts'
import { quiet } from './scenario/quiet-stories.ts'
import type { Scene, Story, Told } from './scenario/scene.ts'
import { bigCheckout, bigOrder, paymentFailure, signUp } from './scenario/shop-stories.ts'
import type { EventStep, PoisonStep, Step } from './scenario/step.ts'

export interface Scenario {
  /** The next record to produce. Without end. */
  next(): Step
}

export interface ScenarioOptions {
  random: Random
  /** The first event's time, milliseconds since the epoch. */
  startMs: number
  /** Events a second: how far apart the events' times are. */
  rate: number
  /** What a broken producer leaves now and then; left out: on a topic of JSON. */
  poison?: NonEmpty<Poison>
}

/** Mean time between two tellings of a story. */
const STORIES: readonly { story: Story | 'poison'; everyMs: number }[] = [
  { story: bigOrder, everyMs: 3_300 },
  { story: enterprisePlan, everyMs: 9_000 },
  { story: bigCompany, everyMs: 7_000 },
  { story: planUpgrade, everyMs: 2_600 },
  { story: signUp, everyMs: 1_700 },
  { story: cancellation, everyMs: 2_600 },
  { story: detractor, everyMs: 2_900 },
  { story: feedback, everyMs: 4_200 },
  { story: emptyFeedback, everyMs: 14_000 },
  { story: paymentFailure, everyMs: 2_200 },
  { story: apiErrors, everyMs: 2_800 },
  { story: bigCheckout, everyMs: 2_000 },
  { story: 'poison', everyMs: 5_000 },
]

const FIRST_SERIAL = 10_001

export function createScenario({ random, startMs, rate, poison = JSON_POISON }: ScenarioOptions): Scenario {
  if (!(rate > 0)) throw new RangeError(`rate must be a number of events a second above 0, not ${rate}`)
  const draw = createDraw(random)
  let serials = FIRST_SERIAL
  const scene: Scene = { draw, serial: () => serials++ }
  const due = STORIES.map(({ story, everyMs }) => ({ story, everyMs, atMs: startMs + random() * everyMs }))
  let events = 0
  return {
    next() {
      const nowMs = startMs + (events++ * 1000) / rate
      const next = due.reduce((first, other) => (other.atMs < first.atMs ? other : first))
      if (next.atMs > nowMs) return asEvent(quiet(scene), draw, nowMs)
      // Counted from now, not from when it was due: a slow producer must not be followed by a burst.
      next.atMs = nowMs + next.everyMs * (0.4 + 1.2 * random())
      return next.story === 'poison' ? poisonStep(draw, poison) : asEvent(next.story(scene), draw, nowMs)
    },
  }
}

function poisonStep(draw: Draw, poison: NonEmpty<Poison>): PoisonStep {
  const { raw, cause } = draw.pick(poison)
  return { kind: 'poison', key: `broken-${draw.integer(1, 20)}`, raw, expectedDeadLetter: cause }
}

function asEvent(told: Told, draw: Draw, nowMs: number): EventStep {
  const event: AnalyticsEvent = {
    messageId: `demo-${draw.hex(24)}`,
    timestamp: new Date(nowMs).toISOString(),
    ...told.who,
    ...told.call,
    context: { library: { name: 'analytics.js', version: '2.1.0' }, locale: 'en-GB' },
    ...(told.integrations === undefined ? {} : { integrations: told.integrations }),
  }
  return {
    kind: 'event',
    key: 'userId' in told.who ? told.who.userId : told.who.anonymousId,
    event,
    expected: told.expected,
    expectedDeadLetter: told.expectedDeadLetter ?? null,
  }
}
