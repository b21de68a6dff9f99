/** Puts an update (src/observe/pages/overview-diff.ts) to the overview before it; what did not change stays the same object. */
export function applyUpdate(overview, { lanes, messages, actions, ...whole }) {
  return {
    ...overview,
    ...whole,
    lanes: applyList(overview.lanes, lanes),
    messages: applyList(overview.messages, messages),
    actions: applyList(overview.actions, actions),
  }
}

export function applyList(before, update) {
  if (update === undefined || update === null) return before
  const taken = new Set([...update.gone, ...update.set.map(([, was]) => was)])
  const kept = before.filter((_, place) => !taken.has(place))
  const now = []
  let next = 0
  for (const [place, was, fields] of update.set) {
    while (now.length < place && next < kept.length) now.push(kept[next++])
    if (now.length !== place || (was !== null && was >= before.length))
      throw new Error('an update does not fit')
    now.push(was === null ? fields : { ...before[was], ...fields })
  }
  return now.concat(kept.slice(next))
}
