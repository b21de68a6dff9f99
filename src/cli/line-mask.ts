import type { Config } from '../config/config.ts'
import { secretsOf } from '../config/secrets.ts'
import { createSecretMask } from '../observe/mask-secrets.ts'

/** A line for a person without the configuration's secrets: an author or a producer may have written one anywhere. */
export function createLineMask(config: Config): (line: string) => string {
  const mask = createSecretMask(secretsOf(config))
  return (line) => String(JSON.parse(mask(JSON.stringify(line))))
}
