import { createRequire } from 'node:module'
import kafkajs from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { Kafka } from '../../src/kafka/kafkajs.ts'

const require = createRequire(import.meta.url)

describe('the mended kafkajs', () => {
  it('is a copy of its own, beside one that somebody else has loaded', () => {
    expect(Kafka).not.toBe(kafkajs.Kafka)
    expect(require('kafkajs').Kafka).toBe(kafkajs.Kafka)
  })

  it('mends the version whose filter was found wanting: another one is to be looked at anew', () => {
    expect(require('kafkajs/package.json').version).toBe('2.2.4')
  })
})
