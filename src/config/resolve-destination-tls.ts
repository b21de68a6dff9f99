import type * as z from 'zod'
import type { Destination, DestinationTls } from './config.ts'
import { type PemReader, resolveCredentials } from './resolve-tls.ts'
import type { destinationSpec } from './spec/config-spec.ts'

type WrittenTls = z.output<typeof destinationSpec.partial>['tls']

/** The option `tls` of a destination; null where it says nothing but what holds without it. */
export async function resolveDestinationTls(
  written: WrittenTls,
  reader: PemReader,
): Promise<DestinationTls | null> {
  if (written === undefined) return null
  const { insecure_skip_verify: insecureSkipVerify } = written
  const credentials = await resolveCredentials(written, reader)
  if (insecureSkipVerify) {
    const message =
      'any certificate is taken: whoever stands between can read the messages and the address. For tests alone'
    reader.report.warn([...reader.path, 'insecure_skip_verify'], message)
  }
  const { ca, cert, key } = credentials
  const isPlain = ca === null && cert === null && key === null && !insecureSkipVerify
  return isPlain ? null : { ...credentials, insecureSkipVerify }
}

/** Trust that is configured and would never be asked for: the person believes in an encryption that is not there. */
export function refuseUselessTls(destination: Destination, { path, report }: PemReader): void {
  if (destination.type === 'blackhole') {
    report.error(path, 'cannot stand on a blackhole, which connects to nowhere', 'key')
    return
  }
  const address = destination.type === 'api' ? destination.methodUrl : destination.url.reveal()
  const { origin, protocol } = new URL(address)
  if (protocol === 'https:') return
  report.error(
    path,
    `means nothing on ${origin}, which is not encrypted: write https, or leave tls out`,
    'key',
  )
}
