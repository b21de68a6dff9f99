import { CanarySender } from './canary-sender.ts'
import { type SentinelGroup, Speaker, type SpeakerDeps } from './speaker.ts'

export type { SentinelGroup }

export type SentinelDeps = SpeakerDeps & ConstructorParameters<typeof CanarySender>[0]

/** What bellhop does for itself, as one voice of the group: whichever process leads sends the canary, and speaks. */
export interface Sentinel {
  /** When it last spoke of each cause, for the status record of this process. */
  notified(): { cause: string; at: number }[]
  /** Nothing is begun any more; resolves within two seconds. */
  stop(): Promise<void>
}

/** Both follow the leader and the configuration from one second to the next, and wait for the broker by themselves. */
export function startSentinel(deps: SentinelDeps): Sentinel {
  const canary = new CanarySender(deps)
  const speaker = new Speaker(deps)
  return {
    notified: () => speaker.notified(),
    async stop() {
      await Promise.all([canary.stop(), speaker.stop()])
    },
  }
}
