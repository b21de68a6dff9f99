import { Writable } from 'node:stream'

/** A stream that keeps what is written to it; what it holds was written before the writing call returned. */
export function captureStream(options: { isTTY: boolean } = { isTTY: false }) {
  let text = ''
  const stream = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString('utf8')
        done()
      },
    }),
    options,
  )
  return {
    stream,
    text: () => text,
    lines: (): Record<string, unknown>[] =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
  }
}
