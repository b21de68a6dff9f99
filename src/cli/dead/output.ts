import { once } from 'node:events'
import { idOf, type StoredLetter } from '../../dead/stored-letter.ts'
import { escapeControls } from '../../observe/neutralise.ts'
import type { CommandIo } from '../io.ts'

/** Standard output for results that never end: held up where the reader is slow, quiet where it has gone. */
export interface Output {
  /** Whether anybody still reads. */
  readonly open: boolean
  line(text: string): Promise<void>
  flush(): Promise<void>
}

const BUFFERED_CHARS = 65_536

export function createOutput(stdout: CommandIo['stdout']): Output {
  const stream = isStream(stdout) ? stdout : null
  let open = true
  let buffered = ''
  stream?.once('error', (error: NodeJS.ErrnoException) => {
    // `bellhop dead list | head` has read enough.
    if (error.code !== 'EPIPE') throw error
    open = false
  })
  const flush = async (): Promise<void> => {
    const text = buffered
    buffered = ''
    if (!open || text === '' || stdout.write(text) !== false || stream === null) return
    const waited = new AbortController()
    const { signal } = waited
    await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]).catch(
      () => undefined,
    )
    waited.abort()
  }
  return {
    get open() {
      return open
    },
    async line(text) {
      buffered += `${text}\n`
      if (buffered.length >= BUFFERED_CHARS) await flush()
    },
    flush,
  }
}

function isStream(stdout: CommandIo['stdout']): stdout is CommandIo['stdout'] & NodeJS.WritableStream {
  return 'once' in stdout
}

/** A letter for programs: what it is named by, where it lies, whether it was replayed, and all that it holds. */
export function toJson({ letter, ...at }: StoredLetter): object {
  const { kind, cause } = letter
  return Object.assign({ id: idOf(letter), ...at, kind, cause }, letter)
}

/** One object as one line of JSON, without secrets, and harmless on a terminal. */
export function jsonLine(value: unknown, mask: (json: string) => string): string {
  return escapeControls(mask(JSON.stringify(value)))
}

/** Text from outside on one line: no secret, no control character. */
export function plainText(text: string, mask: (json: string) => string): string {
  const masked: unknown = JSON.parse(mask(JSON.stringify(text)))
  return String(masked).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
}
