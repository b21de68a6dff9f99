/** Runs Maven as this machine has it set up: its own settings, mirrors and proxies, nothing overridden. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Environment } from './folders.ts'

export type MavenResult =
  | { kind: 'done' }
  | { kind: 'not_found' }
  /** `lines`: what Maven says went wrong, a few lines. */
  | { kind: 'failed'; lines: string[] }

export interface MavenOptions {
  /** Where Maven runs; its pom.xml lies here. */
  folder: string
  env: Environment
  /** Called for every file that Maven has downloaded. */
  onDownload: (bytes: number) => void
  signal?: AbortSignal
}

const KEPT_LINES = 200
const SHOWN_LINES = 8

/** Throws only when `signal` is aborted: its reason. */
export async function runMaven(goals: readonly string[], options: MavenOptions): Promise<MavenResult> {
  const { folder, env, signal } = options
  const maven = spawn('mvn', ['--batch-mode', ...goals], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  })
  const lines: string[] = []
  for (const stream of [maven.stdout, maven.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      const bytes = downloadedBytes(line)
      if (bytes !== null) options.onDownload(bytes)
      lines.push(line)
      if (lines.length > KEPT_LINES) lines.shift()
    })
  }
  const code = await new Promise<number | Error | null>((resolve) => {
    maven.once('error', (error) => maven.pid === undefined && resolve(error))
    // An aborted Maven may leave processes that hold its output open: 'close' would wait for them.
    maven.once('exit', () => signal?.aborted && resolve(null))
    maven.once('close', resolve)
  })
  signal?.throwIfAborted()
  if (code === 0) return { kind: 'done' }
  if (code instanceof Error) return notRun(code)
  return { kind: 'failed', lines: errorLines(lines) }
}

const UNIT_BYTES: Readonly<Record<string, number>> = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9 }

/** The size in `Downloaded from central: https://… (9.8 MB at 5.1 MB/s)`; null in any other line. */
export function downloadedBytes(line: string): number | null {
  const found = /Downloaded from .*\((\d+(?:[.,]\d+)?) (\w+) at /.exec(line)
  if (found === null) return null
  const [, size = '0', unit = 'B'] = found
  return Number(size.replace(',', '.')) * (UNIT_BYTES[unit] ?? 0)
}

/** Maven repeats itself and ends with advice about its own switches; the first error lines say what happened. */
function errorLines(lines: readonly string[]): string[] {
  const errors = lines.filter(
    (line) => line.includes('ERROR') && !/\[ERROR\]\S*\s*$|\[Help 1\]$|-X switch/.test(line),
  )
  return errors.length > 0 ? errors.slice(0, SHOWN_LINES) : lines.slice(-SHOWN_LINES)
}

function notRun(error: NodeJS.ErrnoException): MavenResult {
  return error.code === 'ENOENT' ? { kind: 'not_found' } : { kind: 'failed', lines: [error.message] }
}
