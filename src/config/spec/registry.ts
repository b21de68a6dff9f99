import { defaulted, optional, required } from './option.ts'
import { duration, scalar, secretText, text, verbatimText } from './scalar.ts'

/** A name that never resolves stands in for a variable that is not set: nobody is asked by mistake. */
const UNSET_URL = 'http://unset.invalid'

const registryUrl = scalar({
  wants:
    'a web address that begins with http:// or https://, with no user name, "?" or "#" in it, such as http://registry.example.com:8081',
  placeholder: UNSET_URL,
  parse(input) {
    const address = input.trim()
    if (!/^https?:\/\/[^\s\p{Cc}?#]+$/iu.test(address) || !URL.canParse(address)) return undefined
    const { username, password } = new URL(address)
    return username === '' && password === '' ? address.replace(/\/+$/, '') : undefined
  },
  explain: (input) =>
    /^https?:\/\/[^/]*@/i.test(input.trim())
      ? 'must hold no user name or password: write them to registry.username and registry.password'
      : null,
})

export const registryShape = {
  url: required(registryUrl, {
    type: 'web address',
    description:
      'Where the registry is: what stands before /schemas and /subjects in its addresses. Confluent and those that speak like it.',
    example: 'http://registry.example.com:8081',
    // A login may stand in it by mistake.
    secret: true,
  }),
  username: optional(text('a user name'), {
    type: 'text',
    description: 'Who logs in (basic auth). Needs `password`.',
    example: '${REGISTRY_USERNAME}',
    secret: true,
  }),
  password: optional(secretText('a password', /^[^\r\n]+$/, false), {
    type: 'text',
    description: 'The password that goes with it. Needs `username`.',
    example: '${REGISTRY_PASSWORD}',
    secret: true,
  }),
  ca: optional(verbatimText('PEM text, ${file:...}, or the path of a PEM file beside this file'), {
    type: 'PEM text or path',
    description: 'The certificates of the authorities to trust instead of the well-known ones.',
    example: 'certs/registry-ca.pem',
  }),
  timeout: defaulted(duration({ min: '100ms', max: '1m' }), '5s', {
    type: 'duration',
    description: 'How long a question to the registry may take, connecting included.',
    example: '2s',
  }),
  unknown_schema_wait: defaulted(duration({ min: '100ms', max: '1h' }), '30s', {
    type: 'duration',
    description:
      'How long events wait for a schema that the registry does not know, before they become dead letters.',
    example: '5m',
  }),
}
