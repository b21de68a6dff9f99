import type { AttemptOutcome, BreakerState } from '../../core/outcome.ts'
import type { EventLog, LineLevel } from '../event-log.ts'
import type { Metrics } from '../metrics.ts'
import type { HoldReason, Observer } from '../observer.ts'
import { formatCount, formatDuration } from '../wording.ts'

type LaneEvents = Pick<Observer, 'postAnswered' | 'postSplit' | 'laneHeld' | 'breakerChanged'>

/** How posts are answered and what that does to their lanes, as log lines and metrics. */
export function createLaneEvents(log: EventLog, metrics: Metrics): LaneEvents {
  return {
    postAnswered: (event) => {
      const { destination, outcome, messageId, durationMs, intervalMs, ...answer } = event
      metrics.count('posts', { destination, outcome })
      metrics.observe('postDuration', { outcome }, durationMs / 1000)
      if (intervalMs !== null) metrics.count('paceUsed', { destination }, (durationMs + intervalMs) / 1000)
      if (outcome === 'sent') {
        metrics.observe('postMessages', {}, event.messages)
        metrics.stamp('lastSuccess', { destination })
      }
      const { level, sentence } = ANSWERS[outcome]
      const line = () =>
        [
          sentence(destination, event.messages),
          { destination, outcome, message_id: messageId, ...answer, duration_ms: durationMs },
        ] as const
      if (outcome === 'sent') log.write(level, 'postAnswered', line)
      else log.writeLimited(level, 'postAnswered', { key: `${destination} ${outcome}`, line })
    },
    postSplit: ({ destination, messages, detail }) => {
      metrics.count('postSplits', { destination })
      log.writeLimited('info', 'postSplit', {
        key: destination,
        line: () => [
          `a joint post of ${formatCount(messages, 'message')} for ${destination} goes on in halves`,
          { destination, messages, detail },
        ],
      })
    },
    laneHeld: ({ destination, reason, waitMs }) => {
      metrics.observe('laneHold', { reason }, waitMs / 1000)
      log.writeLimited(reason === 'rate_limited' ? 'info' : 'warn', 'laneHeld', {
        key: `${destination} ${reason}`,
        line: () => [
          `${destination} waits ${formatDuration(waitMs)}: ${HOLDS[reason]}`,
          { destination, reason, wait_ms: waitMs },
        ],
      })
    },
    breakerChanged: ({ destination, state, detail }) => {
      metrics.count('breakerChanges', { destination, state })
      const { level, sentence } = BREAKERS[state]
      log.writeLimited(level, 'breakerChanged', {
        key: `${destination} ${state}`,
        line: () => [sentence(destination), { destination, state, detail }],
      })
    },
  }
}

const ANSWERS: Record<
  AttemptOutcome,
  { level: LineLevel; sentence: (destination: string, messages: number) => string }
> = {
  sent: { level: 'debug', sentence: (destination) => `posted to ${destination}` },
  rate_limited: { level: 'info', sentence: (destination) => `${destination} is being rate limited by Slack` },
  retry: {
    level: 'warn',
    sentence: (destination) => `a post to ${destination} failed and will be tried again`,
  },
  ambiguous: {
    level: 'warn',
    sentence: (destination) => `a post to ${destination} may or may not have arrived`,
  },
  rejected: {
    level: 'warn',
    sentence: (destination, messages) =>
      messages === 1
        ? `Slack refused a message for ${destination}`
        : `Slack refused a joint post of ${messages} messages for ${destination}`,
  },
  destination_down: {
    level: 'error',
    sentence: (destination) =>
      `${destination} takes no messages until its webhook, token or channel is put right`,
  },
}

const HOLDS: Record<HoldReason, string> = {
  rate_limited: 'Slack asked it to slow down',
  retry: 'its last post failed',
  ambiguous: 'its last post may or may not have arrived',
  unknown_destination: 'the configuration of this process does not know it',
}

const BREAKERS: Record<BreakerState, { level: LineLevel; sentence: (destination: string) => string }> = {
  open: {
    level: 'error',
    sentence: (destination) =>
      `the breaker of ${destination} is open: messages go to the dead letters, but for one a minute that probes`,
  },
  half_open: { level: 'debug', sentence: (destination) => `a message probes ${destination}` },
  closed: { level: 'info', sentence: (destination) => `${destination} takes messages again` },
}
