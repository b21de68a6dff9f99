/** An event of a server-sent stream. */
export interface Told {
  event: string
  id: string
  data: unknown
}

export interface OpenStream {
  /** Rejects where the stream has ended. */
  next(): Promise<Told>
  close(): void
}

export async function openStream(url: string): Promise<OpenStream> {
  const abort = new AbortController()
  const response = await fetch(url, { signal: abort.signal })
  if (response.status !== 200 || response.body === null) throw new Error(`answered ${response.status}`)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    async next() {
      for (;;) {
        const end = text.indexOf('\n\n')
        if (end >= 0) {
          const told = read(text.slice(0, end))
          text = text.slice(end + 2)
          if (told !== null) return told
          continue
        }
        const { value, done } = await reader.read()
        if (done) throw new Error('the stream has ended')
        text += value
      }
    },
    close: () => abort.abort(),
  }
}

/** Null for a comment, and for what only sets the time to reconnect. */
function read(block: string): Told | null {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  )
  const [event, id, data] = [fields.get('event'), fields.get('id'), fields.get('data')]
  return event === undefined || data === undefined ? null : { event, id: id ?? '', data: JSON.parse(data) }
}
