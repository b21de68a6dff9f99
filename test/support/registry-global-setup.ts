/**
 * One schema registry for all integration tests of a run, started when the first test asks for it and ended with the
 * run. What is there from the start is a door: a small HTTP server that answers with the registry's address.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { TestProject } from 'vitest/node'
import { type FoundRegistry, findRegistry } from '../../src/local/find-registry.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    registryDoor: string
  }
}

/** Called for each project; the first one opens the door, and is the last to be torn down. */
export default async function setup({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if ('registryDoor' in vitest.getProvidedContext()) return undefined
  const aborted = new AbortController()
  let registry: Promise<FoundRegistry> | null = null
  const door = createServer((_request, response) => {
    registry ??= findRegistry({
      prefix: String(vitest.getProvidedContext().kafkaPrefix),
      progress: (line) => process.stderr.write(`${line}\n`),
      signal: aborted.signal,
    })
    registry.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  }).listen(0, '127.0.0.1')
  await once(door, 'listening')
  const address = door.address()
  vitest.provide('registryDoor', `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
  return async () => {
    aborted.abort()
    await registry?.then((found) => found.stop()).catch(() => undefined)
    door.close()
    door.closeAllConnections()
  }
}
