/**
 * The server's stream: the whole, then what changed. The browser reconnects by itself; where it gives up (the answer
 * was no stream), an update does not fit, or nothing is heard for too long (a connection can die without a word), the
 * stream is opened anew. A page that nobody has seen for a while lets
 * go of it, and takes it up again when it is looked at.
 */
import { applyUpdate } from './apply.js'

const REOPEN_MS = 2_000
const UNSEEN_MS = 60_000
/** The server tells something every 2 s. */
const SILENT_MS = 15_000

/**
 * @param {{
 *   onOverview(overview: object): void
 *   onState(state: 'connecting' | 'live' | 'lost'): void
 * }} listener
 */
export function subscribe(listener) {
  const state = { overview: null, number: 0, source: null, timer: 0, heardAt: null }
  const open = () => {
    clearTimeout(state.timer)
    state.source?.close()
    const source = new EventSource('/api/events')
    Object.assign(state, { source, heardAt: null })
    const take = (event, overview) => {
      Object.assign(state, { overview, number: Number(event.lastEventId), heardAt: Date.now() })
      listener.onState('live')
      listener.onOverview(overview)
    }
    source.addEventListener('overview', (event) => take(event, JSON.parse(event.data)))
    source.addEventListener('update', (event) => {
      if (Number(event.lastEventId) !== state.number + 1) return open()
      let next = null
      try {
        next = applyUpdate(state.overview, JSON.parse(event.data))
      } catch {
        return open()
      }
      take(event, next)
    })
    source.addEventListener('error', () => {
      listener.onState('lost')
      if (source.readyState === EventSource.CLOSED) void reopen()
    })
  }
  const reopen = async () => {
    if (await isSignedOut()) location.reload()
    clearTimeout(state.timer)
    state.timer = setTimeout(open, REOPEN_MS)
  }
  setInterval(() => {
    if (document.hidden || state.heardAt === null || Date.now() - state.heardAt < SILENT_MS) return
    listener.onState('lost')
    open()
  }, SILENT_MS / 5)
  document.addEventListener('visibilitychange', () => {
    clearTimeout(state.timer)
    if (document.hidden) state.timer = setTimeout(() => state.source.close(), UNSEEN_MS)
    else if (state.source.readyState === EventSource.CLOSED) open()
  })
  open()
}

async function isSignedOut() {
  try {
    return (await fetch('/api/events', { method: 'HEAD' })).status === 401
  } catch {
    return false
  }
}
