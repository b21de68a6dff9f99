/** A broker's log: kept from growing without end, and told in a few lines. */
import { open, rename, stat } from 'node:fs/promises'

const TAIL_BYTES = 256 * 1024
const LARGEST_BYTES = 16 * 1024 * 1024
const SHOWN_LINES = 12
const SHOWN_CHARS = 300

/** The byte at which the next start will write: 0 where a large log has just become `NAME.old`. */
export async function continueLog(path: string): Promise<number> {
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  )
  if (size < LARGEST_BYTES) return size
  await rename(path, `${path}.old`)
  return 0
}

/** Lines written after byte `since`, the last 256 KiB of them, without stack frames and dumps of settings. */
export async function logLines(path: string, since: number): Promise<string[]> {
  const text = await tail(path, since)
  return text.split('\n').filter((line) => /^\S/.test(line))
}

/** The last of them, none too long. */
export function lastLines(lines: readonly string[]): string[] {
  return lines
    .slice(-SHOWN_LINES)
    .map((line) => (line.length > SHOWN_CHARS ? `${line.slice(0, SHOWN_CHARS)} ...` : line))
}

async function tail(path: string, since: number): Promise<string> {
  const file = await open(path).catch(() => null)
  if (file === null) return ''
  try {
    const { size } = await file.stat()
    const from = Math.max(since, size - TAIL_BYTES)
    const buffer = Buffer.alloc(Math.max(0, size - from))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
