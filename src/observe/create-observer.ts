import type { Clock } from '../core/clock.ts'
import { createEventLog } from './event-log.ts'
import { createDispatchEvents } from './events/dispatch-events.ts'
import { createKafkaEvents } from './events/kafka-events.ts'
import { createLaneEvents } from './events/lane-events.ts'
import { createMatchEvents } from './events/match-events.ts'
import { createOwnershipEvents } from './events/ownership-events.ts'
import { createPartitionEvents } from './events/partition-events.ts'
import { createProcessEvents } from './events/process-events.ts'
import { createReloadEvents } from './events/reload-events.ts'
import { createSightEvents } from './events/sight-events.ts'
import { createLogLimiter } from './log-limiter.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import type { Observer } from './observer.ts'

/** A line that repeats itself is written once in this time; its metric counts every time. */
const REPEAT_INTERVAL_MS = 10_000
const MAX_REPEATING_LINES = 2000

/**
 * The observer of a running process: each internal event has one function, which writes its log line and its
 * metrics, so the two agree. What happens for every message is logged at debug or trace and costs next to
 * nothing while that is off; what an operator should read is info or above, and never floods.
 */
export function createObserver(deps: {
  logger: Logger
  metrics: Metrics
  clock: Pick<Clock, 'monotonicMs'>
}): Observer {
  const { logger, metrics, clock } = deps
  const limiter = createLogLimiter({ clock, intervalMs: REPEAT_INTERVAL_MS, maxKeys: MAX_REPEATING_LINES })
  const log = createEventLog(logger, limiter)
  return {
    ...createMatchEvents(log, metrics),
    ...createDispatchEvents(log, metrics),
    ...createLaneEvents(log, metrics),
    ...createPartitionEvents(log, metrics),
    ...createOwnershipEvents(log, metrics),
    ...createKafkaEvents(log, metrics),
    ...createReloadEvents(log, metrics),
    ...createSightEvents(log, metrics),
    ...createProcessEvents(log),
  }
}
