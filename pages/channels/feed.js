/**
 * The server's stream. The browser reconnects by itself after a broken connection and names the last message it
 * saw; where it gives up (the answer was no stream), the stream is opened anew. A message that was seen already
 * is not told again.
 */

const REOPEN_MS = 2_000

/**
 * @param {{
 *   onHello(hello: object): void
 *   onMessage(message: object): void
 *   onStats(stats: object): void
 *   onState(state: 'connecting' | 'live' | 'lost'): void
 * }} listener
 */
export function subscribe(listener) {
  const seen = { feed: null, seq: 0, id: '' }
  const open = () => {
    const source = new EventSource(`/events${seen.id === '' ? '' : `?after=${encodeURIComponent(seen.id)}`}`)
    const on = (name, told) => source.addEventListener(name, (event) => told(JSON.parse(event.data), event))
    on('hello', (hello) => {
      const isNew = hello.feed !== seen.feed
      if (isNew) Object.assign(seen, { feed: hello.feed, seq: 0, id: '' })
      listener.onHello({ ...hello, isNew })
      listener.onState('live')
    })
    on('message', (message, { lastEventId }) => {
      if (message.seq <= seen.seq) return
      Object.assign(seen, { seq: message.seq, id: lastEventId })
      listener.onMessage(message)
    })
    on('stats', listener.onStats)
    source.addEventListener('error', () => {
      listener.onState('lost')
      if (source.readyState === EventSource.CLOSED) setTimeout(open, REOPEN_MS)
    })
  }
  open()
}
