import { readFileSync } from 'node:fs'

/**
 * test/slack/certificates: an authority, what it signed, and another authority. They are valid from 2020 to 2119, but
 * `expired`, which was until 2021, and protect nothing. They were made with openssl, for each NAME:
 *
 *     openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out NAME-key.pem
 *     openssl req -new -key NAME-key.pem -subj "/CN=bellhop test NAME" -out NAME.csr
 *     openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca-key.pem -in NAME.csr -out NAME.pem \
 *       -extfile NAME.ext -startdate 20200101000000Z -enddate 21200101000000Z
 *
 * with `-selfsign -keyfile NAME-key.pem` for the two authorities, whose keys are not kept. NAME.ext is
 * `basicConstraints=critical,CA:TRUE` for them, `extendedKeyUsage=clientAuth` for `client` and `weak` (whose key is
 * of RSA, with 512 bits), and `subjectAltName=DNS:localhost,DNS:chat.invalid,IP:127.0.0.1` for `server` and `expired`.
 */
export type CertificateName =
  | 'ca'
  | 'other-ca'
  | 'server'
  | 'server-key'
  | 'client'
  | 'client-key'
  | 'expired'
  | 'expired-key'
  | 'weak'
  | 'weak-key'

export function readPem(name: CertificateName): string {
  return readFileSync(new URL(`../slack/certificates/${name}.pem`, import.meta.url), 'utf8')
}
