import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'

/** Checks PEM text before a broker does, since TLS itself says little. Each gives a sentence, or null. */

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs

export function certificateComplaint(pem: string): string | null {
  const blocks = pem.match(CERTIFICATE) ?? []
  if (blocks.length === 0) return 'holds no certificate in PEM form'
  return blocks.every((block) => attempt(() => new X509Certificate(block)) !== null)
    ? null
    : 'holds a certificate that cannot be read'
}

export function keyComplaint(pem: string): string | null {
  if (!pem.includes('PRIVATE KEY-----')) return 'holds no private key in PEM form'
  if (pem.includes('ENCRYPTED')) return 'holds an encrypted key: decrypt it, for instance with openssl pkey'
  return readKey(pem) === null ? 'holds a private key that cannot be read' : null
}

/** Whether a key is the certificate's own; only for such as had no complaint. */
export function isKeyOf(certificatePem: string, keyPem: string): boolean {
  const [first = ''] = certificatePem.match(CERTIFICATE) ?? []
  const certificate = attempt(() => new X509Certificate(first))
  const key = readKey(keyPem)
  return certificate !== null && key !== null && certificate.checkPrivateKey(key)
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
