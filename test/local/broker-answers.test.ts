import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { askBroker } from '../../src/local/broker-answers.ts'

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
      socket.write(metadata({ brokers: ['127.0.0.1'], clusterId: 'Rk5xTw' }))
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
    metadata({ brokers: [], clusterId: 'a' }),
    { clusterId: 'a', brokers: 0 },
  ],
  ['a cluster without an id', metadata({ brokers: ['h'], clusterId: null }), { clusterId: null, brokers: 1 }],
  [
    'several brokers',
    metadata({ brokers: ['one', 'two.example', 'three'], clusterId: 'b' }),
    { clusterId: 'b', brokers: 3 },
  ],
])('reads the answer of %s', async (_what, answer, identity) => {
  const address = await serve((socket) => void socket.write(answer))

  expect(await askBroker(address, 1_000)).toEqual(identity)
})

it('waits for an answer that comes in pieces', async () => {
  const answer = metadata({ brokers: ['127.0.0.1'], clusterId: 'piecemeal' })
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

/** A Metadata response of version 2, up to the cluster id, with its length before it. */
function metadata({ brokers, clusterId }: { brokers: string[]; clusterId: string | null }): Buffer {
  const body = Buffer.concat([
    int32(1),
    int32(brokers.length),
    ...brokers.flatMap((host, index) => [int32(index), text(host), int32(9092), text(null)]),
    text(clusterId),
    int32(1),
    int32(0),
  ])
  return Buffer.concat([int32(body.length), body])
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}

function text(value: string | null): Buffer {
  const bytes = Buffer.from(value ?? '')
  const length = Buffer.alloc(2)
  length.writeInt16BE(value === null ? -1 : bytes.length)
  return Buffer.concat([length, bytes])
}
