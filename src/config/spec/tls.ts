import { defaulted, optional } from './option.ts'
import { flag, secretText, verbatimText } from './scalar.ts'

const PEM_OR_PATH = 'PEM text, ${file:...}, or the path of a PEM file beside this file'

/** The same options under `kafka.tls` and on a destination, with an example of each. */
function credentialsShape(examples: { ca: string; cert: string; key: string }) {
  return {
    ca: optional(verbatimText(PEM_OR_PATH), {
      type: 'PEM text or path',
      description: 'The certificates of the authorities to trust instead of the well-known ones.',
      example: examples.ca,
    }),
    cert: optional(verbatimText(PEM_OR_PATH), {
      type: 'PEM text or path',
      description: "The client's own certificate, and those between it and its authority. Needs `key`.",
      example: examples.cert,
    }),
    key: optional(secretText(PEM_OR_PATH, /\S/, false), {
      type: 'PEM text or path',
      description: "The client's private key, not encrypted. Needs `cert`.",
      example: examples.key,
      secret: true,
    }),
  }
}

export const kafkaTlsShape = {
  ...credentialsShape({
    ca: 'certs/ca.pem',
    cert: 'certs/client.pem',
    key: '${file:/run/secrets/kafka_key.pem}',
  }),
  reject_unauthorized: defaulted(flag(), 'true', {
    type: 'true or false',
    description: "Whether a broker's certificate must be valid. Leave it on but in tests.",
    example: 'false',
  }),
}

export const destinationTlsShape = {
  ...credentialsShape({
    ca: 'certs/chat-ca.pem',
    cert: 'certs/chat-client.pem',
    key: '${file:/run/secrets/chat_key.pem}',
  }),
  insecure_skip_verify: defaulted(flag(), 'false', {
    type: 'true or false',
    description:
      "Takes any certificate, so that whoever stands between can read the messages and the webhook's address. For tests alone; warns at every start.",
    example: 'true',
  }),
}
