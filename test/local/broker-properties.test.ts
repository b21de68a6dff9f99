import { expect, it } from 'vitest'
import { brokerProperties } from '../../src/local/broker-properties.ts'

const SETTINGS = { port: 9092, controllerPort: 9093, logFolder: '/data/topics' }

it('listens on loopback only, on the given ports', () => {
  const lines = brokerProperties(SETTINGS).split('\n')

  expect(lines).toContain('listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093')
  expect(lines).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:9092')
  expect(lines).toContain('controller.quorum.voters=1@127.0.0.1:9093')
})

it.each([
  ['a plain path', '/data/topics', 'log.dirs=/data/topics'],
  ['a path with a space', '/my data/topics', 'log.dirs=/my data/topics'],
  ['a backslash', 'C:\\data', 'log.dirs=C:\\\\data'],
  ['letters beyond ASCII', '/données/🎉', 'log.dirs=/donn\\u00e9es/\\ud83c\\udf89'],
])('writes %s as java.util.Properties reads it', (_what, logFolder, line) => {
  expect(brokerProperties({ ...SETTINGS, logFolder }).split('\n')).toContain(line)
})
