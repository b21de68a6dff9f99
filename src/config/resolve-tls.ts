import { dirname, resolve } from 'node:path'
import { Secret } from '../core/secret.ts'
import { readText } from './files.ts'
import {
  certificateComplaint,
  certificatesOf,
  keyComplaint,
  pairComplaint,
  validityComplaint,
} from './pem.ts'
import type { Report } from './report.ts'
import { nodeAt, type Path, placeAt, UNSET } from './tree.ts'

interface WrittenCredentials {
  ca?: string | undefined
  cert?: string | undefined
  key?: Secret | undefined
}

type PemOption = keyof WrittenCredentials

export interface Credentials {
  ca: string | null
  cert: string | null
  key: Secret | null
}

/** Where the options stand, and what a file that is not there means. */
export interface PemReader {
  path: Path
  report: Report
  secrets: 'required' | 'optional'
}

/** Certificates and key, read and checked: what TLS would only refuse at the first connection. */
export async function resolveCredentials(
  written: WrittenCredentials,
  reader: PemReader,
): Promise<Credentials> {
  const ca = await readPem(reader, 'ca', written.ca)
  const cert = await readPem(reader, 'cert', written.cert)
  const key = await readPem(reader, 'key', written.key?.reveal())
  requirePair(written, reader)
  const { path, report } = reader
  if (cert !== null && key !== null) {
    const complaint = pairComplaint(cert, key)
    if (complaint !== null) report.error([...path, 'key'], complaint)
  }
  return { ca, cert, key: key === null ? null : new Secret(key) }
}

function requirePair(written: WrittenCredentials, { path, report }: PemReader): void {
  if (written.cert !== undefined && written.key === undefined)
    report.error([...path, 'cert'], 'needs key beside it', 'key')
  if (written.key !== undefined && written.cert === undefined)
    report.error([...path, 'key'], 'needs cert beside it', 'key')
}

/** The PEM text of an option that holds it or names a file beside the configuration; null where there is none. */
async function readPem(reader: PemReader, option: PemOption, written: string | undefined) {
  const { report } = reader
  const path = [...reader.path, option]
  const node = nodeAt(report.root, path)
  if (written === undefined || (node?.kind === 'scalar' && node.value === UNSET)) return null
  const pem = written.includes('-----BEGIN') ? written : await readPemFile(written, path, reader)
  if (pem === null) return null
  const complaint = option === 'key' ? keyComplaint(pem) : certificateComplaint(pem)
  if (complaint !== null) {
    report.error(path, complaint)
    return null
  }
  if (option === 'key') return pem
  const untimely = validityComplaint(pem, option === 'ca' ? 'authorities' : 'own', Date.now())
  if (untimely !== null) report.warn(path, untimely)
  return certificatesOf(pem)
}

async function readPemFile(name: string, path: Path, { report, secrets }: PemReader): Promise<string | null> {
  const { source } = placeAt(report.root, path)
  const read = await readText(resolve(dirname(source.file), name.trim()))
  if (read.kind === 'read') return read.text
  const message = `is neither PEM text nor a file that can be read: ${read.reason}`
  if (secrets === 'required') report.error(path, message)
  else report.warn(path, message)
  return null
}
