/** What a broker answers to a Metadata request of version 2 without topics, its length before it. */
export function metadataResponse({
  brokers,
  clusterId,
}: {
  brokers: string[]
  clusterId: string | null
}): Buffer {
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
