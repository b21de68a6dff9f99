import type { Secret } from '../core/secret.ts'
import type { Config, Destination } from './config.ts'

/** Every secret a configuration holds, for whoever has to keep them out of what is printed. */
export function secretsOf(config: Config): Secret[] {
  const { tls, sasl } = config.kafka
  const ofKafka = [tls?.key, sasl?.password].filter((secret) => secret !== undefined && secret !== null)
  const ofRegistry = config.registry?.auth ? [config.registry.auth.password] : []
  const ofPages = config.httpToken === null ? [] : [config.httpToken]
  const ofDestinations = [...config.destinations.values()].flatMap(secretsOfDestination)
  return [...ofKafka, ...ofRegistry, ...ofPages, ...ofDestinations]
}

function secretsOfDestination(destination: Destination): Secret[] {
  if (destination.type === 'blackhole') return []
  const key = destination.tls?.key ?? null
  return [
    destination.type === 'webhook' ? destination.url : destination.token,
    ...(key === null ? [] : [key]),
  ]
}
