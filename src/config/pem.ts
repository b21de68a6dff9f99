import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'

/** Checks PEM text before a connection does, since TLS itself says little. Complaints are sentences; null is none. */

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs

/** The certificates alone: a file may hold the key as well, which has no business beside them. */
export function certificatesOf(pem: string): string {
  return blocksOf(pem)
    .map((block) => `${block}\n`)
    .join('')
}

export function certificateComplaint(pem: string): string | null {
  const blocks = blocksOf(pem)
  if (blocks.length === 0) return 'holds no certificate in PEM form'
  return blocks.every((block) => readCertificate(block) !== null)
    ? null
    : 'holds a certificate that cannot be read'
}

export function keyComplaint(pem: string): string | null {
  if (!pem.includes('PRIVATE KEY-----')) return 'holds no private key in PEM form'
  if (pem.includes('ENCRYPTED')) return 'holds an encrypted key: decrypt it, for instance with openssl pkey'
  return readKey(pem) === null ? 'holds a private key that cannot be read' : null
}

/** For a certificate and a key that had no complaint. */
export function pairComplaint(certificatePem: string, keyPem: string): string | null {
  const [first = ''] = blocksOf(certificatePem)
  const certificate = readCertificate(first)
  const key = readKey(keyPem)
  if (certificate === null || key === null || !certificate.checkPrivateKey(key)) {
    return 'is not the key of the certificate in cert'
  }
  try {
    createSecureContext({ cert: certificatePem, key: keyPem })
    return null
  } catch (error) {
    // OpenSSL's own reason names the rule that was broken, as in "ee key too small", and nothing of the key.
    const reason = error instanceof Error && 'reason' in error ? `: ${error.reason}` : ''
    return `and its certificate are refused by this machine's TLS${reason}`
  }
}

/**
 * Whether it is the time of a certificate. Of `own` the first counts, which is shown to others; of `authorities` one
 * in its time is enough.
 */
export function validityComplaint(pem: string, of: 'own' | 'authorities', nowMs: number): string | null {
  const blocks = of === 'own' ? blocksOf(pem).slice(0, 1) : blocksOf(pem)
  const complaints = blocks.map((block) => {
    const certificate = readCertificate(block)
    if (certificate === null) return null
    const { validFromDate: from, validToDate: to } = certificate
    if (nowMs > to.getTime()) return `has expired: it was valid until ${dayOf(to)}`
    return nowMs < from.getTime() ? `is not valid before ${dayOf(from)}` : null
  })
  return complaints.includes(null) ? null : (complaints.at(-1) ?? null)
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}

function blocksOf(pem: string): readonly string[] {
  return pem.match(CERTIFICATE) ?? []
}

function readCertificate(block: string): X509Certificate | null {
  return attempt(() => new X509Certificate(block))
}

function readKey(pem: string): KeyObject | null {
  return attempt(() => createPrivateKey(pem))
}

function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
