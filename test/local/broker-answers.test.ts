import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { askBroker } from '../../src/local/broker-answers.ts'
import { metadataResponse } from './metadata-response.ts'

const servers: Server[] = []
const sockets = new Set<Socket>()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

it('knows a broker in service by its Metadata answer', async () => {
  const asked: Buffer[] = []
  const address = await serve((socket) => {
    socket.on('data', (request) => {
      asked.push(request)
      socket.write(metadataResponse({ brokers: ['127.0.0.1'], clusterId: 'Rk5xTw' }))
    })
  })

  expect(await askBroker(address, 1_000)).toEqual({ clusterId: 'Rk5xTw', brokers: 1 })
  // Length 27, Metadata (3) version 2, correlation id 1, client id, no topics.
  expect(Buffer.concat(asked).toString('hex')).toBe(
    `0000001b${'0003'}${'0002'}${'00000001'}000d${Buffer.from('bellhop-probe').toString('hex')}00000000`,
  )
})

it.each([
  [
    'a broker that is not in service yet',
    metadataResponse({ brokers: [], clusterId: 'a' }),
    { clusterId: 'a', brokers: 0 },
  ],
  [
    'a cluster without an id',
    metadataResponse({ brokers: ['h'], clusterId: null }),
    { clusterId: null, brokers: 1 },
  ],
  [
    'several brokers',
    metadataResponse({ brokers: ['one', 'two.example', 'three'], clusterId: 'b' }),
    { clusterId: 'b', brokers: 3 },
  ],
])('reads the answer of %s', async (_what, answer, identity) => {
  const address = await serve((socket) => void socket.write(answer))

  expect(await askBroker(address, 1_000)).toEqual(identity)
})

it('waits for an answer that comes in pieces', async () => {
  const answer = metadataResponse({ brokers: ['127.0.0.1'], clusterId: 'piecemeal' })
  const address = await serve((socket) => {
    socket.setNoDelay(true)
    for (const byte of answer) setImmediate(() => socket.write(Buffer.of(byte)))
  })

  expect(await askBroker(address, 1_000)).toEqual({ clusterId: 'piecemeal', brokers: 1 })
})

it.each([
  ['closes the connection', (socket: Socket) => void socket.end()],
  ['speaks HTTP', (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  [
    'answers another request',
    (socket: Socket) => void socket.end(Buffer.from('0000000800000007ffffffff', 'hex')),
  ],
  [
    'sends a length and less than that',
    (socket: Socket) => void socket.end(Buffer.from('000000ff01', 'hex')),
  ],
  ['says nothing', () => {}],
])('knows that it is no broker when the other side %s', async (_what, behave) => {
  expect(await askBroker(await serve(behave), 100)).toBeNull()
})

it('knows that nobody listens', async () => {
  const address = await serve(() => {})
  for (const server of servers.splice(0)) {
    server.close()
    await once(server, 'close')
  }

  expect(await askBroker(address, 1_000)).toBeNull()
})

async function serve(behave: (socket: Socket) => void): Promise<{ host: string; port: number }> {
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    behave(socket)
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}
