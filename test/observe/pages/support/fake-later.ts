import type { ActionView, LaneView, Overview } from '../../../../src/observe/overview/overview.ts'
import { byTrouble, fakeMessage } from './fake-overview.ts'

/** The group a while later: lanes post, messages come, as in a busy group. */
export function later(before: Overview, ms: number, random: () => number): Overview {
  const at = before.at + ms
  const fresh = Array.from({ length: Math.max(1, Math.round(ms / 900)) }, (_, index) =>
    fakeMessage(at - index * 300, Math.floor(at / 10) - index, random),
  )
  const lanes = before.lanes.map((lane) => laterLane(lane, at, random)).toSorted(byTrouble)
  const isNewMinute = Math.floor(at / 60_000) !== Math.floor(before.at / 60_000)
  return {
    ...before,
    at,
    processes: before.processes.map((each) => (each.gone ? each : { ...each, seenAt: at - 400 })),
    stages: before.stages.map((stage) => {
      const partitions = stage.partitions.map((each) => ({
        ...each,
        position: (each.position ?? 0) + 40,
        lag: Math.max(0, (each.lag ?? 0) + Math.round((random() - 0.5) * 30)),
      }))
      return { ...stage, partitions, lag: partitions.reduce((sum, { lag }) => sum + lag, 0) }
    }),
    lanes,
    waiting: lanes.reduce((sum, { waiting }) => sum + waiting, 0),
    messages: [...fresh, ...before.messages].slice(0, 200),
    actions: isNewMinute ? before.actions.map(laterAction) : before.actions,
  }
}

/** Six in ten of those that have something waiting have posted since; now and then an idle one gets something. */
function laterLane(lane: LaneView, at: number, random: () => number): LaneView {
  if (lane.trouble === 'idle') {
    return random() < 0.02
      ? { ...lane, trouble: 'waiting', waiting: 2, oldest_at: at - 500, next_post_at: at + 400 }
      : lane
  }
  if (lane.trouble !== 'waiting' || random() > 0.6) return lane
  const waiting = Math.max(0, lane.waiting + Math.floor(random() * 5) - 2)
  return {
    ...lane,
    waiting,
    oldest_at: waiting === 0 ? null : at - waiting * 900,
    next_post_at: waiting === 0 ? null : at + 600,
    trouble: waiting === 0 ? 'idle' : 'waiting',
    last_answer: { at: at - 300, outcome: 'sent', status: 200, detail: null, messages: 1 },
  }
}

const laterAction = (action: ActionView, index: number): ActionView => ({
  ...action,
  matches: [...action.matches.slice(1), index % 6],
  posts: [...action.posts.slice(1), index % 5],
})
