/**
 * The TLS alerts by which a receiver refuses who we say we are, by OpenSSL's names. In TLS 1.3 the client may write
 * before it learns of them (RFC 8446, 4.4.4 and 6.2): they say that nothing of what it wrote was handed on.
 */
const REFUSALS = [
  'NO_CERTIFICATE',
  'BAD_CERTIFICATE',
  'UNSUPPORTED_CERTIFICATE',
  'CERTIFICATE_REVOKED',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_UNKNOWN',
  'CERTIFICATE_REQUIRED',
  'UNKNOWN_CA',
  'ACCESS_DENIED',
  'DECRYPT_ERROR',
] as const

/** Whether an error's code says that the receiver refused our certificate, or that we showed none. */
export function isCertificateRefusal(code: string | null): boolean {
  return code !== null && REFUSALS.some((alert) => code.endsWith(`_ALERT_${alert}`))
}
