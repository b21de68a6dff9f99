import type { Config, Destination } from '../config/config.ts'
import { Secret } from '../core/secret.ts'

/**
 * For commands that post nothing: a webhook whose address is not set gets one that is no webhook's, so that its
 * messages can be matched and have a lane of their own.
 */
export function withStandInAddresses(config: Config): Config {
  const destinations = [...config.destinations].map(([id, destination]): [string, Destination] => [
    id,
    destination.type === 'webhook' && !URL.canParse(destination.url.reveal())
      ? { ...destination, url: new Secret(`https://unset.invalid/${id}`) }
      : destination,
  ])
  return { ...config, destinations: new Map(destinations) }
}
