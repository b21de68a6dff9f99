/**
 * Reads and writes every compression that Kafka producers use. kafkajs brings gzip alone, and a batch in any
 * other codec ends its consumer; here are the other three, in the framing that the Java client writes:
 *
 * - snappy: xerial blocks (16-byte header, then length and raw block, repeated). librdkafka writes one raw
 *   block without a header, so both are read.
 * - lz4: the LZ4 frame format, as in record batches of version 2 (KIP-57).
 * - zstd: plain zstd frames (KIP-110), by Node's own zlib, which has zstd since 22.15.
 */
import zlib from 'node:zlib'
import { compressFrame, decompressFrame } from 'lz4-napi'
import { compress, uncompress } from 'snappy'
import { CompressionCodecs, CompressionTypes } from './kafkajs.ts'

/** What kafkajs asks of a codec; it hands over its encoder, whose `buffer` holds the records. */
export interface CompressionCodec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>
  decompress(compressed: Buffer): Promise<Buffer>
}

/** Makes kafkajs use the codecs below; doing it again changes nothing. */
export function registerCompressionCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => snappyCodec
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4Codec
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstdCodec
}

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** The magic, then version and lowest compatible version, both 1, as snappy-java's SnappyOutputStream has it. */
const XERIAL_HEADER = Buffer.concat([XERIAL_MAGIC, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])])
/** snappy-java's own block size. */
const XERIAL_BLOCK_BYTES = 32 * 1024

export const snappyCodec: CompressionCodec = {
  async compress({ buffer }) {
    const parts: Buffer[] = [XERIAL_HEADER]
    for (let start = 0; start < buffer.length; start += XERIAL_BLOCK_BYTES) {
      const block = await compress(buffer.subarray(start, start + XERIAL_BLOCK_BYTES))
      parts.push(lengthPrefix(block.length), block)
    }
    return Buffer.concat(parts)
  },

  async decompress(compressed) {
    if (!compressed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return rawSnappy(compressed)
    const blocks: Buffer[] = []
    for (let at = XERIAL_HEADER.length; at < compressed.length; ) {
      const block = xerialBlock(compressed, at)
      blocks.push(await rawSnappy(block))
      at += 4 + block.length
    }
    return Buffer.concat(blocks)
  },
}

export const lz4Codec: CompressionCodec = {
  compress: ({ buffer }) => compressFrame(buffer),
  decompress: (compressed) => decompressFrame(compressed),
}

export const zstdCodec: CompressionCodec = {
  compress: ({ buffer }) => zstd('zstdCompress', buffer),
  decompress: (compressed) => zstd('zstdDecompress', compressed),
}

function xerialBlock(compressed: Buffer, at: number): Buffer {
  const length = at + 4 <= compressed.length ? compressed.readUInt32BE(at) : Number.POSITIVE_INFINITY
  if (at + 4 + length > compressed.length) {
    throw new Error(`snappy: the block at byte ${at} of ${compressed.length} is cut short`)
  }
  return compressed.subarray(at + 4, at + 4 + length)
}

async function rawSnappy(block: Buffer): Promise<Buffer> {
  const plain = await uncompress(block, { asBuffer: true })
  return typeof plain === 'string' ? Buffer.from(plain) : plain
}

function lengthPrefix(length: number): Buffer {
  const prefix = Buffer.alloc(4)
  prefix.writeUInt32BE(length)
  return prefix
}

function zstd(operation: 'zstdCompress' | 'zstdDecompress', input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (typeof zlib[operation] !== 'function') {
      throw new Error(`zstd: Node ${process.versions.node} cannot read it; Node 22.15 or newer can`)
    }
    zlib[operation](input, (error, output) => (error === null ? resolve(output) : reject(error)))
  })
}
