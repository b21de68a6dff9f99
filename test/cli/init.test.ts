import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { init } from '../../src/cli/init.ts'
import { freePort } from '../slack/support/servers.ts'
import { captureIo } from './support/captured-io.ts'

const MAY_WRITE_ANYWHERE = process.getuid?.() === 0
if (MAY_WRITE_ANYWHERE) process.stderr.write('a locked folder is not tested: root may write to it\n')

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-init-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const leftBehind = () => readdirSync(tmpdir()).filter((name) => /^bellhop-init-(?!test-)/.test(name))

describe('without a topic', () => {
  it('writes a starter and says what comes next', async () => {
    const folder = join(emptyFolder(), 'a', "it's new")
    const io = captureIo()
    expect(await init({ into: folder, brokers: 'k1:9092,k2:9092' }, io)).toBe(0)
    expect(readdirSync(folder).sort()).toEqual(['bellhop.yaml', 'bellhop_test.yaml'])
    expect(readFileSync(join(folder, 'bellhop.yaml'), 'utf8')).toContain(
      'brokers: ${KAFKA_BROKERS:-k1:9092,k2:9092}\n',
    )
    expect(io.out()).toContain(
      `Wrote ${join(folder, 'bellhop.yaml')} and ${join(folder, 'bellhop_test.yaml')}.\n\nNext:\n  cd '`,
    )
    for (const step of [
      "it'\\''s new'",
      'bellhop check ',
      'bellhop test ',
      'bellhop try ',
      'bellhop send ',
      'bellhop run ',
      'bellhop schema >',
    ]) {
      expect(io.out()).toContain(step)
    }
    expect(leftBehind()).toEqual([])
  })

  it('with a registry the events are Avro', async () => {
    const folder = emptyFolder()
    expect(await init({ into: folder, registry: 'http://registry:8081/apis/ccompat/v7' }, captureIo())).toBe(
      0,
    )
    const config = readFileSync(join(folder, 'bellhop.yaml'), 'utf8')
    expect(config).toContain('      format: avro\n')
    expect(config).toContain('url: ${SCHEMA_REGISTRY_URL:-http://registry:8081/apis/ccompat/v7}\n')
  })
})

describe('overwrites nothing', () => {
  it.each([
    [['bellhop.yaml'], 'bellhop.yaml is there already'],
    [['bellhop_test.yaml'], 'bellhop_test.yaml is there already'],
    [['bellhop.yaml', 'bellhop_test.yaml'], 'bellhop_test.yaml are there already'],
  ])('%j', async (names, said) => {
    const folder = emptyFolder()
    for (const name of names) writeFileSync(join(folder, name), 'mine')
    const io = captureIo()
    // Nobody answers there: the files are looked at first.
    expect(await init({ into: folder, topic: 'events', brokers: 'localhost:1' }, io)).toBe(1)
    expect(io.err()).toContain(said)
    expect(readdirSync(folder).sort()).toEqual(names)
    for (const name of names) expect(readFileSync(join(folder, name), 'utf8')).toBe('mine')
  })

  it('nor what a link leads to, there or not', async () => {
    const folder = emptyFolder()
    symlinkSync(join(folder, 'elsewhere.yaml'), join(folder, 'bellhop.yaml'))
    expect(await init({ into: folder }, captureIo())).toBe(1)
    expect(existsSync(join(folder, 'elsewhere.yaml'))).toBe(false)
  })
})

describe('what cannot be done', () => {
  it('a folder that is a file', async () => {
    const folder = emptyFolder()
    writeFileSync(join(folder, 'taken'), '')
    const io = captureIo()
    expect(await init({ into: join(folder, 'taken') }, io)).toBe(1)
    expect(io.err()).toMatch(
      /cannot write .*taken.*: (it is a file, not a folder|a part of the path is a file)\n$/,
    )
  })

  it.skipIf(MAY_WRITE_ANYWHERE)('a folder that may not be written to', async () => {
    const folder = emptyFolder()
    mkdirSync(join(folder, 'locked'))
    chmodSync(join(folder, 'locked'), 0o500)
    const io = captureIo()
    expect(await init({ into: join(folder, 'locked') }, io)).toBe(1)
    expect(io.err()).toContain('writing there is not permitted')
  })

  it.each([
    [{ brokers: 'localhost' }, '--brokers must be host:port, such as broker-1.example.com:9092'],
    [
      { brokers: 'kafka://localhost:9092' },
      '--brokers must be host:port alone; TLS and SASL have options of their own',
    ],
    [{ brokers: 'a}b:9092' }, '--brokers must be host:port'],
    [{ topic: 'my topic' }, '--topic must be a topic name'],
    [{ topic: '${HOME}' }, '--topic must be a topic name'],
    [{ registry: 'localhost:8081' }, '--registry must be a web address'],
    [{ registry: 'http://me:secret@localhost:8081' }, '--registry must hold no user name or password'],
  ])('%j', async (options, message) => {
    const folder = emptyFolder()
    const running = init({ into: folder, ...options }, captureIo())
    await expect(running).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(message) })
    await expect(running).rejects.not.toMatchObject({ message: expect.stringContaining('secret') })
    expect(readdirSync(folder)).toEqual([])
    expect(leftBehind()).toEqual([])
  })

  it('a cluster that does not answer: nothing is written', async () => {
    const folder = emptyFolder()
    const brokers = `127.0.0.1:${await freePort()}`
    const running = init({ into: folder, topic: 'events', brokers }, captureIo())
    await expect(running).rejects.toMatchObject({
      code: 'broker_unreachable',
      message: expect.stringContaining(`Kafka does not answer at ${brokers}`),
    })
    expect(readdirSync(folder)).toEqual([])
    expect(leftBehind()).toEqual([])
  })
})
