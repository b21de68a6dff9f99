import { afterEach, beforeEach, vi } from 'vitest'
import { createSlackClient, type SlackClient } from '../../../src/slack/client.ts'
import { systemClock } from '../../../src/system.ts'

/** A webhook's path of which every segment is a marker. */
export const SECRET_PATH = '/services/T0SECRET1/B0SECRET2/sEcReTsEcReTsEcReT24'

/** Short enough to wait for, long enough for a local answer. */
export const DEADLINE_MS = 150

export type NewClient = (options?: { maxSockets?: number; deadlineMs?: number }) => SlackClient

/** Clients that are closed after each test, in an environment without proxies. */
export function useClients(): NewClient {
  const clients: SlackClient[] = []
  beforeEach(() => {
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']) {
      vi.stubEnv(name, undefined)
      vi.stubEnv(name.toLowerCase(), undefined)
    }
  })
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()))
    vi.unstubAllEnvs()
  })
  return (options = {}) => {
    const client = createSlackClient({ maxSockets: 16, deadlineMs: 5_000, clock: systemClock, ...options })
    clients.push(client)
    return client
  }
}
