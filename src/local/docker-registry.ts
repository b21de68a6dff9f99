/**
 * Apicurio Registry as a container, through testcontainers, which is loaded only when a Docker engine answers. It ends
 * with this process: on `stop`, and when the process dies, by testcontainers' own reaper.
 */
import {
  type LocalRegistry,
  type LocalRegistryOptions,
  REGISTRY_PATH,
  REGISTRY_VERSION,
} from './local-registry.ts'

const IMAGE = `apicurio/apicurio-registry:${REGISTRY_VERSION}`
const PORT_INSIDE = 8080
const START_TIMEOUT_MS = 300_000

/** Throws what testcontainers throws, and the signal's reason when it is aborted meanwhile. */
export async function startDockerRegistry({
  progress,
  signal,
}: LocalRegistryOptions): Promise<LocalRegistry> {
  const { GenericContainer, Wait } = await import('testcontainers')
  progress(`starting the container ${IMAGE} (the image is pulled once) ...`)
  const container = await new GenericContainer(IMAGE)
    .withExposedPorts(PORT_INSIDE)
    .withWaitStrategy(Wait.forHttp(`${REGISTRY_PATH}/subjects`, PORT_INSIDE))
    .withStartupTimeout(START_TIMEOUT_MS)
    .start()
  if (signal?.aborted) {
    await container.stop()
    signal.throwIfAborted()
  }
  // The published port is bound for IPv4; `localhost` may mean IPv6 first.
  const host = container.getHost() === 'localhost' ? '127.0.0.1' : container.getHost()
  const url = `http://${host}:${container.getMappedPort(PORT_INSIDE)}${REGISTRY_PATH}`
  progress(`the registry serves at ${url}`)
  return { engine: 'docker', url, stop: async () => void (await container.stop()) }
}
