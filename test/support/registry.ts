/** The run's schema registry, for integration tests. */
import { inject } from 'vitest'

/** Where it is, as `registry.url` takes it. The first who asks waits for its start. Use subjects of the run's prefix. */
export async function testRegistry(): Promise<string> {
  const response = await fetch(inject('registryDoor'))
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}
