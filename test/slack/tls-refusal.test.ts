import { expect, it } from 'vitest'
import { isCertificateRefusal } from '../../src/slack/tls-refusal.ts'

/** The codes that Node.js 22 and 24 give for the alerts. */
it.each([
  ['no certificate was shown', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', true],
  ['the authority is unknown', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', true],
  ['the certificate has expired', 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', true],
  ['the certificate has expired, by another name', 'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', true],
  ['the certificate is bad', 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', true],
  ['the signature does not fit', 'ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR', true],
  ['access is denied', 'ERR_SSL_TLSV1_ALERT_ACCESS_DENIED', true],
  ['something arrived garbled, which can be at any time', 'ERR_SSL_SSL/TLS_ALERT_BAD_RECORD_MAC', false],
  ['something broke inside, which can be at any time', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', false],
  ['the socket was reset', 'ECONNRESET', false],
  ['we refuse the certificate', 'CERT_HAS_EXPIRED', false],
  ['nothing is known', null, false],
])('where %s', (_, code, expected) => {
  expect(isCertificateRefusal(code)).toBe(expected)
})
