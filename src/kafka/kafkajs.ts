import { createRequire } from 'node:module'
import { sep } from 'node:path'
import type * as KafkaJs from 'kafkajs'
import { withoutAborted } from './aborted-transactions.ts'

/**
 * kafkajs 2.2.4, a copy of our own with one function replaced. Its read-committed filter takes the broker's list
 * of aborted transactions to be sorted, steps into one of them a record, and takes a record whose key is four
 * zero bytes for an abort marker. After a kill -9 of a process with several open transactions it hands out what
 * they had written: 8 to 16 messages twice at every other kill. The rest of kafkajs is as it is published; a
 * copy that somebody else has loaded is left alone.
 */
const require = createRequire(import.meta.url)

function loadMended(): typeof KafkaJs {
  const filterPath = require.resolve('kafkajs/src/consumer/filterAbortedMessages')
  const folder = require.resolve('kafkajs/package.json').slice(0, -'package.json'.length)
  const loadedBefore = Object.entries(require.cache).filter(
    ([path]) => path.startsWith(folder) && path.endsWith('.js'),
  )
  for (const [path] of loadedBefore) delete require.cache[path]
  require(filterPath)
  const filter = require.cache[filterPath]
  if (filter === undefined) throw new Error(`kafkajs has no module ${filterPath.split(sep).at(-1)}`)
  filter.exports = withoutAborted
  const mended: typeof KafkaJs = require('kafkajs')
  for (const path of Object.keys(require.cache)) if (path.startsWith(folder)) delete require.cache[path]
  for (const [path, module] of loadedBefore) require.cache[path] = module
  return mended
}

export const {
  CompressionCodecs,
  CompressionTypes,
  ConfigResourceTypes,
  Kafka,
  KafkaJSError,
  logLevel,
  Partitioners,
} = loadMended()
