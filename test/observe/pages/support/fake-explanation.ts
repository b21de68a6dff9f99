import type { Explanation } from '../../../../src/observe/explain/explanation.ts'

export function fakeExplanation(id: string, at: number): Explanation {
  return {
    asked: { id, kind: 'message_id' },
    found: true,
    summary: 'Given up after 1 attempt: the destination takes nothing (no_service).',
    steps: [
      {
        at: at - 3_100,
        stage: 'event',
        tone: 'neutral',
        text: 'The event was produced.',
        details: [
          'analytics.events, partition 3, offset 90,210',
          'type track, event Payment Failed, userId usr_322',
        ],
        command: null,
      },
      {
        at: at - 2_400,
        stage: 'match',
        tone: 'good',
        text: 'Its trigger holds: type = "track" and event = "Payment Failed".',
        details: [],
        command: null,
      },
      {
        at: at - 2_300,
        stage: 'dispatch',
        tone: 'waiting',
        text: 'It waited 1.2 s in its lane, behind 2 messages, at a pace of 1 a second.',
        details: [],
        command: null,
      },
      {
        at: at - 1_000,
        stage: 'slack',
        tone: 'bad',
        text: 'Slack answered HTTP 404: no_service. The breaker opened.',
        details: ['1 attempt'],
        command: null,
      },
      {
        at: at - 900,
        stage: 'dead_letter',
        tone: 'bad',
        text: 'It lies in the dead letters, cause destination_down.',
        details: [],
        command: `bellhop dead replay ${id}`,
      },
    ],
    records: { receipt: { id, outcome: 'dead_lettered', cause: 'destination_down' } },
  }
}
