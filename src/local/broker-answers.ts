/**
 * Asks a broker whether it serves clients, with one Metadata request (version 2) and without a Kafka client.
 * A listening port alone says little: a starting broker listens before it is registered, and another process
 * may have taken the port.
 */
import { connect } from 'node:net'

/** A broker that serves clients; `clusterId` is null where the broker does not tell. */
export interface BrokerIdentity {
  clusterId: string | null
  /** Brokers that are in service. A broker that is still starting is not among them. */
  brokers: number
}

const API_KEY_METADATA = 3
const METADATA_VERSION = 2
const CORRELATION_ID = 1

/** Null when nothing answers like a Kafka broker within `timeoutMs`. */
export function askBroker(
  address: { host: string; port: number },
  timeoutMs: number,
): Promise<BrokerIdentity | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: address.host, port: address.port })
    let received = Buffer.alloc(0)
    const finish = (identity: BrokerIdentity | null): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(identity)
    }
    const timer = setTimeout(() => finish(null), timeoutMs)
    socket.once('connect', () => socket.write(metadataRequest()))
    socket.once('error', () => finish(null))
    socket.once('close', () => finish(null))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return
      finish(parseMetadata(received.subarray(4)))
    })
  })
}

/** Length, then header version 1 (api key, version, correlation id, client id), then an empty array of topics. */
function metadataRequest(): Buffer {
  const clientId = Buffer.from('bellhop-probe')
  const request = Buffer.alloc(18 + clientId.length)
  request.writeInt32BE(request.length - 4, 0)
  request.writeInt16BE(API_KEY_METADATA, 4)
  request.writeInt16BE(METADATA_VERSION, 6)
  request.writeInt32BE(CORRELATION_ID, 8)
  request.writeInt16BE(clientId.length, 12)
  clientId.copy(request, 14)
  return request
}

/** Correlation id, then brokers (node id, host, port, rack), then the cluster id. */
function parseMetadata(response: Buffer): BrokerIdentity | null {
  try {
    if (response.readInt32BE(0) !== CORRELATION_ID) return null
    const brokers = response.readInt32BE(4)
    let at = 8
    for (let broker = 0; broker < brokers; broker++) {
      at += 4
      at += 2 + response.readInt16BE(at)
      at += 4
      at += 2 + Math.max(0, response.readInt16BE(at))
    }
    const length = response.readInt16BE(at)
    const clusterId = length < 0 ? null : response.toString('utf8', at + 2, at + 2 + length)
    return { clusterId, brokers }
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
