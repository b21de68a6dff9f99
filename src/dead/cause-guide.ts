import type { DeadLetterCause } from '../core/outcome.ts'

interface CauseGuide {
  why: string
  remedy: string
  /** Whether a replay can ever send it: no configuration makes an event of what the producer wrote wrong. */
  replayable: boolean
}

/** What each cause means to a person, and what can be done: docs/records.md in one sentence each. */
export const CAUSE_GUIDE: Readonly<Record<DeadLetterCause, CauseGuide>> = {
  not_json: {
    why: 'the event is not valid JSON in UTF-8',
    remedy: 'mend the producer; what it wrote cannot be replayed',
    replayable: false,
  },
  not_an_object: {
    why: 'the event is JSON or Avro, but no object',
    remedy: 'mend the producer; what it wrote cannot be replayed',
    replayable: false,
  },
  too_large: {
    why: 'the event is longer than kafka.max_event_bytes',
    remedy: 'send less, or raise the limit and replay',
    replayable: true,
  },
  bad_avro: {
    why: 'the event is no Avro in the Confluent wire format, or does not fit its schema',
    remedy: 'mend the producer; what it wrote cannot be replayed',
    replayable: false,
  },
  unknown_schema: {
    why: 'the registry does not know the schema of the event',
    remedy: 'register the schema under its id, or correct registry.url, then replay',
    replayable: true,
  },
  render_failed: {
    why: "the action's message went over its limits of time or size",
    remedy: 'simplify the template, then replay',
    replayable: true,
  },
  empty_message: {
    why: "the action's message came out empty",
    remedy: 'give the fields of the template a default, then replay',
    replayable: true,
  },
  rejected: {
    why: 'Slack will never take this message as it is',
    remedy:
      'the detail is what Slack said: mend the template, or the channel that the action chose. A replay sends the same text',
    replayable: true,
  },
  destination_down: {
    why: 'the webhook, token or channel is gone or refuses',
    remedy: 'mend what the detail names, wait a minute, then replay',
    replayable: true,
  },
  retries_exhausted: {
    why: 'nothing but failures for as long as retry_for says',
    remedy: 'replay once the receiver works',
    replayable: true,
  },
  ambiguous: {
    why: 'it may have been posted, and was sent as often as is allowed',
    remedy: 'look for it in the channel, and replay it if it is not there',
    replayable: true,
  },
  expired: {
    why: 'it waited longer than expire_after says',
    remedy: 'replay it if it is still worth a post; its time begins anew',
    replayable: true,
  },
  unknown_destination: {
    why: 'its destination was unknown or disabled for ten minutes',
    remedy: 'put the destination back into the configuration, then replay',
    replayable: true,
  },
  malformed_record: {
    why: 'somebody else wrote a record into the dispatch topic that bellhop cannot read',
    remedy: 'find who wrote it',
    replayable: true,
  },
}
