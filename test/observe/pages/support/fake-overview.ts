import type {
  ActionView,
  LaneTrouble,
  LaneView,
  LetterView,
  MessageView,
  Overview,
  PartitionView,
  ProcessView,
} from '../../../../src/observe/overview/overview.ts'
import { LANE_TROUBLES } from '../../../../src/observe/overview/overview.ts'

/** Overviews as a group gives them: a busy one with a fault of each kind, made from a seed. */

export interface FakeGroup {
  /** Milliseconds since the epoch; default 31 January 2026, 14:05 UTC. */
  at?: number
  lanes?: number
  actions?: number
  messages?: number
}

export const AT = Date.UTC(2026, 0, 31, 14, 5)

const DESTINATIONS = [
  'sales',
  'hot-leads',
  'signups',
  'growth',
  'churn-risk',
  'nps',
  'billing',
  'platform-alerts',
  'support-emea',
  'partners',
  'onboarding',
  'renewals',
]
const ACTIONS = [
  ['order-completed', 'sales', '🎉 Zuzana Nováková completed order A-10067 for £648.20'],
  ['enterprise-signup', 'hot-leads', '🌟 Fjordkraft AS is on the enterprise plan with 1,505 seats'],
  ['signed-up', 'signups', '👋 Mina Okafor signed up from the pricing page'],
  ['trial-extended', 'growth', '⏳ Vela Robotics extended its trial by 14 days'],
  ['downgraded', 'churn-risk', '📉 Northwind Traders went from Business to Starter'],
  ['nps-detractor', 'nps', '😟 Søren Kjær gave 3: “exports time out since Monday”'],
  ['payment-failed', 'billing', '💳 Card of Åre Kaffe AB was declined for the third time'],
  ['error-spike', 'platform-alerts', '🔥 checkout-api: 4.1 % errors in 5 minutes'],
  ['ticket-escalated', 'support-emea', '🎫 T-8841 of Dara O’Neill waits since 3 h'],
  ['partner-referral', 'partners', '🤝 Lumen & Sons referred acc_10092, 200 people'],
] as const

/** mulberry32: the same numbers on every machine. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function fakeOverview({ at = AT, lanes = 12, actions = 10, messages = 60 }: FakeGroup = {}): Overview {
  const random = seeded(7)
  const shown = Array.from({ length: lanes }, (_, index) => fakeLane(at, index, random)).toSorted(byTrouble)
  return {
    at,
    prefix: 'bellhop',
    history: { done: true, readRecords: 18_204 },
    processes: PROCESSES.map((each, index) => fakeProcess(at, each, index)),
    stages: [
      { stage: 'match', topic: 'analytics.events', ...fakePartitions(12, random, 40) },
      { stage: 'dispatch', topic: 'bellhop.dispatch', ...fakePartitions(12, random, 260, 4) },
    ],
    lanes: shown,
    lanesTotal: lanes,
    waiting: shown.reduce((sum, { waiting }) => sum + waiting, 0),
    messages: Array.from({ length: messages }, (_, index) =>
      fakeMessage(at - index * 870 - 400, 90_210 - index, random),
    ),
    actions: Array.from({ length: actions }, (_, index) => fakeAction(index, random)),
    letters: fakeLetters(at),
    controls: [
      {
        kind: 'silence',
        destination: 'partners',
        why: 'import of old referrals',
        by: 'mina@ops-1',
        since: at - 1_500_000,
        until: at + 5_700_000,
      },
      {
        kind: 'pause',
        destination: 'growth',
        why: 'channel is being renamed',
        by: 'sam@ops-2',
        since: at - 540_000,
        until: null,
      },
    ],
  }
}

const PROCESSES = [
  { host: 'bellhop-0', pid: 17 },
  { host: 'bellhop-1', pid: 17 },
  { host: 'bellhop-2', pid: 19 },
]

function fakeProcess(at: number, { host, pid }: { host: string; pid: number }, index: number): ProcessView {
  const gone = index === 2
  return {
    process: `${host}-${pid}-4f2a${index}`,
    host,
    pid,
    version: '0.1.0',
    configVersion: 'c41f9a2e',
    stages: ['match', 'dispatch'],
    startedAt: at - 11_000_000 + index * 900_000,
    seenAt: at - (gone ? 41_000 : 900),
    ready: !gone,
    trouble: [],
    gone,
  }
}

function fakePartitions(
  count: number,
  random: () => number,
  most: number,
  peak = -1,
): { lag: number; partitions: PartitionView[] } {
  const partitions = Array.from({ length: count }, (_, partition) => ({
    partition,
    process: `bellhop-${partition % 2}-17-4f2a${partition % 2}`,
    position: 1_204_000 + partition * 911,
    lag: partition === peak ? 5_120 : Math.floor(random() ** 2 * most),
    trouble: null,
  }))
  return { lag: partitions.reduce((sum, { lag }) => sum + lag, 0), partitions }
}

export const byTrouble = (one: LaneView, other: LaneView): number =>
  LANE_TROUBLES.indexOf(one.trouble) - LANE_TROUBLES.indexOf(other.trouble) || other.waiting - one.waiting

/** The first lanes have a trouble each; of the others a third have something waiting. */
function troubleOf(index: number, random: () => number): LaneTrouble {
  return LANE_TROUBLES[index < 4 ? index : random() < 0.4 ? 4 : 5] ?? 'idle'
}

export function fakeLane(at: number, index: number, random: () => number): LaneView {
  const trouble = troubleOf(index, random)
  const destination = DESTINATIONS[(index * 7 + 6) % DESTINATIONS.length] ?? 'sales'
  const waiting =
    trouble === 'idle'
      ? 0
      : trouble === 'waiting'
        ? 1 + Math.floor(random() * 9)
        : ([0, 42, 118, 7][index] ?? 3)
  return {
    lane: `https://hooks.slack.com/${(index + 1).toString(16).padStart(8, '0').repeat(4)}`,
    destinations: [index < DESTINATIONS.length ? destination : `${destination}-${index}`],
    waiting,
    oldest_at: waiting === 0 ? null : at - waiting * 1_400 - 300,
    interval_ms: index % 5 === 4 ? 2_000 : 1_000,
    next_post_at: nextPostOf(trouble, at, random),
    paused: trouble === 'paused',
    failing_since: trouble === 'failing' ? at - 190_000 : null,
    breaker: trouble === 'breaker_open' ? 'open' : 'closed',
    last_answer: answerOf(trouble, at, random),
    process: `bellhop-${index % 2}-17-4f2a${index % 2}`,
    trouble,
  }
}

function nextPostOf(trouble: LaneTrouble, at: number, random: () => number): number | null {
  switch (trouble) {
    case 'failing':
      return at + 14_000
    case 'rate_limited':
      return at + 26_000
    case 'waiting':
      return at + Math.floor(random() * 1_000)
    default:
      return null
  }
}

function answerOf(trouble: LaneTrouble, at: number, random: () => number): LaneView['last_answer'] {
  const sent = {
    at: at - Math.floor(random() * 90_000),
    outcome: 'sent',
    status: 200,
    detail: null,
    messages: 1,
  } as const
  switch (trouble) {
    case 'breaker_open':
      return { at: at - 33_000, outcome: 'destination_down', status: 404, detail: 'no_service', messages: 1 }
    case 'failing':
      return { at: at - 6_000, outcome: 'retry', status: 503, detail: 'service unavailable', messages: 4 }
    case 'rate_limited':
      return { at: at - 4_000, outcome: 'rate_limited', status: 429, detail: 'Retry-After 30 s', messages: 1 }
    case 'waiting':
      return { ...sent, at: at - Math.floor(random() * 1_000), messages: random() < 0.3 ? 3 : 1 }
    default:
      return sent
  }
}

export function fakeMessage(recordedAt: number, offset: number, random: () => number): MessageView {
  const [action, destination, text] = ACTIONS[Math.floor(random() * ACTIONS.length)] ?? ACTIONS[0]
  const fate = FATES.find(([share]) => random() < share)?.[1] ?? {}
  const special =
    destination === 'partners'
      ? { outcome: 'silenced' as const, attempts: 0, status: null, postMessages: null }
      : fate
  return {
    id: `analytics.events:${offset % 12}:${offset}:${action}:${destination}`,
    action,
    destination,
    outcome: 'delivered',
    cause: null,
    detail: null,
    attempts: 1,
    postMessages: 1,
    status: 200,
    heldUntil: null,
    breaker: 'closed',
    eventAt: recordedAt - 1_900,
    queuedAt: recordedAt - 1_100,
    recordedAt,
    userId: `usr_${offset % 977}`,
    text,
    ...special,
  }
}

const FATES: readonly (readonly [number, Partial<MessageView>])[] = [
  [
    0.05,
    {
      outcome: 'dead_lettered',
      cause: 'destination_down',
      detail: 'no_service',
      status: 404,
      postMessages: null,
      breaker: 'open',
    },
  ],
  [
    0.08,
    { outcome: null, detail: 'Retry-After 30 s', status: 429, heldUntil: AT + 26_000, postMessages: null },
  ],
  [0.1, { attempts: 3 }],
  [0.12, { postMessages: 4 }],
]

function fakeAction(index: number, random: () => number): ActionView {
  const [name] = ACTIONS[index % ACTIONS.length] ?? ACTIONS[0]
  const busy = index % 7 === 6 ? 0 : 1 + random() * 9
  const phase = random() * 6
  const matches = Array.from({ length: 60 }, (_, minute) =>
    Math.max(0, Math.round(busy * (1.1 + Math.sin(minute / 7 + phase)) * (0.6 + random() * 0.8))),
  )
  return {
    action: index < ACTIONS.length ? name : `${name}-${index}`,
    enabled: index !== 6,
    matches,
    posts: matches.map((value, minute) =>
      Math.max(0, Math.round(((matches[minute - 1] ?? value) + value) / 2)),
    ),
  }
}

function fakeLetters(at: number): LetterView[] {
  return [
    {
      cause: 'destination_down',
      destination: 'billing',
      count: 37,
      oldestAt: at - 1_980_000,
      newestAt: at - 33_000,
      command: 'bellhop dead replay --cause destination_down --destination billing',
    },
    {
      cause: 'rejected',
      destination: 'growth',
      count: 2,
      oldestAt: at - 8_400_000,
      newestAt: at - 5_100_000,
      command: 'bellhop dead replay --cause rejected --destination growth',
    },
    {
      cause: 'not_json',
      destination: null,
      count: 1,
      oldestAt: at - 40_000_000,
      newestAt: at - 40_000_000,
      command: 'bellhop dead replay --cause not_json',
    },
  ]
}
