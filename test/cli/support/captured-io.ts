import { Writable } from 'node:stream'
import type { CommandIo } from '../../../src/cli/io.ts'

/** A command's standard streams, kept as text. */
export interface CapturedIo extends CommandIo {
  out(): string
  err(): string
}

export function captureIo(env: CommandIo['env'] = {}): CapturedIo {
  const [stdout, stderr] = [keep(), keep()]
  return {
    env,
    stdout: stdout.stream,
    stderr: stderr.stream,
    out: stdout.text,
    err: stderr.text,
  }
}

function keep(): { stream: Writable; text(): string } {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => chunks.join('') }
}
