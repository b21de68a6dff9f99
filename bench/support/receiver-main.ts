/** The process of a receiver: started by receiver.ts, ends with it. */
import { createServer } from 'node:http'
import { createSlackSimulator } from '../../src/demo/simulator/server.ts'
import type { FromReceiver, ReceiverSettings, ToReceiver } from './receiver-messages.ts'
import { createTally, machineNowMs } from './tally.ts'

const KEEP_ALIVE_MS = 120_000

type OnPost = (path: string, text: string) => void

process.once('disconnect', () => process.exit())
process.once('message', (message: ToReceiver) => {
  if (message.kind === 'start') void start(message.settings)
})

async function start(settings: ReceiverSettings): Promise<void> {
  const { tally, add } = createTally()
  const unwell = new Set(settings.faults.map(({ path }) => path))
  const onPost: OnPost = (path, text) => {
    if (unwell.has(path)) return
    const post = { path, text, atMs: machineNowMs() }
    add(post)
    if (settings.tellEach) tell({ kind: 'post', post })
  }
  const receiver = settings.kind === 'strict' ? await strict(settings, onPost) : await fast(onPost)
  process.on('message', (message: ToReceiver) => {
    if (message.kind === 'report') {
      tell({ kind: 'report', tally: { ...tally, rateLimited: receiver.rateLimited() } })
    }
  })
  tell({ kind: 'listening', origin: receiver.origin })
}

interface Receiving {
  origin: string
  rateLimited(): number
}

async function strict({ ratePerSecond, faults }: ReceiverSettings, onPost: OnPost): Promise<Receiving> {
  const simulator = await createSlackSimulator({ ratePerSecond })
  for (const { path, fault } of faults) simulator.setFault(path, fault)
  simulator.onPost(({ target, payload }) => onPost(target, payload?.text ?? ''))
  return { origin: simulator.origin, rateLimited: () => simulator.count429 }
}

async function fast(onPost: OnPost): Promise<Receiving> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.once('end', () => {
      const { text }: { text: string } = JSON.parse(body)
      onPost(request.url ?? '', text)
      response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port')
  return { origin: `http://127.0.0.1:${address.port}`, rateLimited: () => 0 }
}

function tell(message: FromReceiver): void {
  process.send?.(message)
}
