import { describe, expect, it } from 'vitest'
import { deadReplay } from '../../src/cli/dead/replay.ts'
import { openReplayWriter } from '../../src/kafka/dead-letter-replay.ts'
import { createRecordCodecs } from '../../src/kafka/record-codec.ts'
import { messageLetter } from '../dead/support/sample-letters.ts'
import type { Scene } from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'
import { captureIo } from './support/captured-io.ts'
import { useDeadScenes } from './support/dead-scenes.ts'

const processes = useProcesses()
const { sceneWith, configOf } = useDeadScenes()

describe('many letters, and processes that disturb each other', () => {
  const LETTERS = 5_000
  const FEW = 900
  const letters = Array.from({ length: LETTERS }, (_, offset) => ({
    letter: messageLetter({ offset }),
    partition: offset % 3,
  }))

  /** How often each message was queued; in the order of the dispatch topic. */
  async function queuedOffsets(scene: Scene): Promise<number[]> {
    return (await scene.records('dispatch')).map(({ value }) => value.event.offset)
  }

  const someAreQueued = (scene: Scene): Promise<unknown> =>
    eventually(
      'some are queued',
      async () =>
        (await scene.admin.fetchTopicOffsets(scene.topics.dispatch)).some(({ high }) => high !== '0'),
      { everyMs: 5 },
    )

  const each = Array.from({ length: LETTERS }, (_, offset) => offset)

  it('are queued once by two replays that begin at once', async () => {
    const scene = await sceneWith('dead-two', letters.slice(0, FEW))
    const args = ['dead', 'replay', '--all', '-c', configOf(scene)]
    const both = [processes.bellhop(args), processes.bellhop(args)]
    const ends = await Promise.all(both.map((child) => child.exited()))
    for (const [at, { code }] of ends.entries()) {
      if (code === 1)
        expect(both[at]?.stderr).toMatch(
          /another replay has begun, and this one ended: [\d,no]+ letters? had been replayed/,
        )
      else expect(code).toBe(0)
    }
    expect(ends.map(({ code }) => code)).toContain(0)
    expect((await queuedOffsets(scene)).toSorted((a, b) => a - b)).toEqual(each.slice(0, FEW))
  })

  it('are queued once where another replay takes over, and the one before says what it had done', async () => {
    const scene = await sceneWith('dead-over', letters)
    const { kafka, topics, prefix } = scene
    const config = configOf(scene)
    const io = captureIo()
    const first = deadReplay([], { all: true, config }, io)
    await someAreQueued(scene)
    const transactionalId = `${prefix}.dead.replay`
    const other = await openReplayWriter({ kafka, transactionalId, topics, codecs: createRecordCodecs() })
    await other.close()
    expect(await first).toBe(1)
    const [, done = ''] =
      /another replay has begun, and this one ended: ([\d,]+) letters had been/.exec(io.err()) ?? []
    expect(await queuedOffsets(scene)).toHaveLength(Number(done.replace(',', '')))
    expect(await deadReplay([], { all: true, config }, captureIo())).toBe(0)
    expect((await queuedOffsets(scene)).toSorted((a, b) => a - b)).toEqual(each)
  })

  it('are queued once, and in order, by a replay that is killed in the middle and one that goes on', async () => {
    const scene = await sceneWith('dead-kill', letters)
    const config = configOf(scene)
    const killed = processes.bellhop(['dead', 'replay', '--all', '-c', config])
    await someAreQueued(scene)
    killed.kill('SIGKILL')
    await killed.exited()
    const io = captureIo()
    expect(await deadReplay([], { all: true, config }, io)).toBe(0)
    const [, rest = ''] = /^([\d,]+) letters replayed/m.exec(io.out()) ?? []
    expect(Number(rest.replace(',', ''))).toBeGreaterThan(0)
    expect(Number(rest.replace(',', ''))).toBeLessThan(LETTERS)
    const queued = await queuedOffsets(scene)
    expect(queued.toSorted((a, b) => a - b)).toEqual(each)
    for (const partition of [0, 1, 2]) {
      const ofPartition = queued.filter((offset) => offset % 3 === partition)
      expect(ofPartition).toEqual(ofPartition.toSorted((a, b) => a - b))
    }
  })
})
