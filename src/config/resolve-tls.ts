import { dirname, resolve } from 'node:path'
import type * as z from 'zod'
import { Secret } from '../core/secret.ts'
import type { TlsConfig } from './config.ts'
import { readText } from './files.ts'
import { certificateComplaint, isKeyOf, keyComplaint } from './pem.ts'
import type { Report } from './report.ts'
import type { kafkaSpec } from './spec/config-spec.ts'
import { nodeAt, placeAt, UNSET } from './tree.ts'

type WrittenTls = NonNullable<z.output<typeof kafkaSpec.partial>['tls']>
type PemOption = 'ca' | 'cert' | 'key'

/** Certificates and key, read and checked: what TLS would only refuse at the first connection. */
export async function resolveTls(
  written: WrittenTls,
  report: Report,
  secrets: 'required' | 'optional',
): Promise<TlsConfig> {
  const reader = { report, secrets }
  const ca = await readPem(reader, 'ca', written.ca)
  const cert = await readPem(reader, 'cert', written.cert)
  const key = await readPem(reader, 'key', written.key?.reveal())
  requirePair(written, report)
  if (cert !== null && key !== null && !isKeyOf(cert, key)) {
    report.error(pathOf('key'), 'is not the key of the certificate in cert')
  }
  const rejectUnauthorized = written.reject_unauthorized
  return { ca, cert, key: key === null ? null : new Secret(key), rejectUnauthorized }
}

function pathOf(option: PemOption): readonly string[] {
  return ['kafka', 'tls', option]
}

function requirePair(written: WrittenTls, report: Report): void {
  if (written.cert !== undefined && written.key === undefined)
    report.error(pathOf('cert'), 'needs key beside it', 'key')
  if (written.key !== undefined && written.cert === undefined)
    report.error(pathOf('key'), 'needs cert beside it', 'key')
}

interface PemReader {
  report: Report
  secrets: 'required' | 'optional'
}

/** The PEM text of an option that holds it or names a file beside the configuration; null where there is none. */
async function readPem({ report, secrets }: PemReader, option: PemOption, written: string | undefined) {
  const node = nodeAt(report.root, pathOf(option))
  if (written === undefined || (node?.kind === 'scalar' && node.value === UNSET)) return null
  const pem = written.includes('-----BEGIN') ? written : await readFromFile(written)
  if (pem === null) return null
  const complaint = option === 'key' ? keyComplaint(pem) : certificateComplaint(pem)
  if (complaint === null) return pem
  report.error(pathOf(option), complaint)
  return null

  async function readFromFile(name: string): Promise<string | null> {
    const { source } = placeAt(report.root, pathOf(option))
    const read = await readText(resolve(dirname(source.file), name.trim()))
    if (read.kind === 'read') return read.text
    const message = `is neither PEM text nor a file that can be read: ${read.reason}`
    if (secrets === 'required') report.error(pathOf(option), message)
    else report.warn(pathOf(option), message)
    return null
  }
}
