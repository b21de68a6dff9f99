import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FromReceiver, ReceiverSettings, ToReceiver } from './receiver-messages.ts'
import type { Post, Tally } from './tally.ts'

/** What messages are posted to, in a process of its own: what it costs is on nobody's account. */
export interface Receiver {
  /** `http://127.0.0.1:3999`. */
  readonly origin: string
  report(): Promise<Tally>
  close(): Promise<void>
}

const MAIN = fileURLToPath(new URL('receiver-main.ts', import.meta.url))

export async function startReceiver(
  settings: Partial<ReceiverSettings> & Pick<ReceiverSettings, 'kind'>,
  onPost: (post: Post) => void = () => {},
): Promise<Receiver> {
  const child = fork(MAIN, { stdio: 'inherit', serialization: 'advanced' })
  const exited = once(child, 'exit')
  const send = (message: ToReceiver): void => void child.send(message)
  const reports: ((tally: Tally) => void)[] = []
  const origin = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the receiver ended with ${code}`)))
    child.on('message', (message: FromReceiver) => {
      if (message.kind === 'listening') resolve(message.origin)
      if (message.kind === 'report') reports.shift()?.(message.tally)
      if (message.kind === 'post') onPost(message.post)
    })
    const defaults = { ratePerSecond: null, faults: [], tellEach: false }
    send({ kind: 'start', settings: { ...defaults, ...settings } })
  })
  return {
    origin,
    report: () =>
      new Promise((resolve) => {
        reports.push(resolve)
        send({ kind: 'report' })
      }),
    async close() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}

/** Asks until `isEnough`, or until patience ends; gives the last report. */
export async function untilReceived(
  receiver: Receiver,
  isEnough: (tally: Tally) => boolean,
  limitMs: number,
): Promise<Tally> {
  const startedMs = performance.now()
  for (;;) {
    const tally = await receiver.report()
    if (isEnough(tally) || performance.now() - startedMs > limitMs) return tally
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

const POLL_MS = 50
