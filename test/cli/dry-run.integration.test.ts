import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useConfigFiles } from '../support/bellhop-config.ts'
import { createScene, eventFor, laneConfig, logLines, type Scene } from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { type RunningProcess, useProcesses } from '../support/processes.ts'

const writeConfig = useConfigFiles()
const processes = useProcesses()
let scene: Scene

beforeAll(async () => {
  scene = await createScene('dry-run')
})
afterAll(() => scene.close())

/** Events of a topic of its own go to `team`, whose webhook would be the simulator's. */
async function dryRunOf(
  name: string,
  args: readonly string[],
  destination: Record<string, unknown> = {},
): Promise<{ topic: string; child: () => Promise<RunningProcess> }> {
  const topic = await scene.createTopic(name, { partitions: 2 })
  const config = writeConfig(
    laneConfig(scene, { destinations: { team: destination }, kafka: { events: [{ topic }] } }),
  )
  const child = async () => {
    const started = processes.bellhop(['run', '--dry-run', '-c', config, ...args])
    await started.line(/"dry run: what would be posted is told/)
    return started
  }
  return { topic, child }
}

function told(child: RunningProcess): Record<string, unknown>[] {
  return logLines(child).filter(({ msg }) => String(msg).startsWith('would '))
}

async function untilTold(child: RunningProcess, count: number): Promise<Record<string, unknown>[]> {
  await eventually(`${count} are told`, async () => told(child).length >= count)
  return told(child)
}

async function ended(child: RunningProcess): Promise<string> {
  child.kill('SIGTERM')
  expect(await child.exited()).toEqual({ code: 0, signal: null })
  return child.stdout
}

describe('bellhop run --dry-run', () => {
  it('tells what would be posted from now on, posts and writes nothing, and sums up', async () => {
    const { topic, child } = await dryRunOf('live', [])
    await scene.produce([{ value: eventFor('team', 'before'), partition: 0 }], topic)
    const dry = await child()
    await scene.produce(
      [
        { value: eventFor('team', 'hello'), partition: 1 },
        { value: { type: 'page' }, partition: 1 },
        { value: 'no json', partition: 1 },
        { value: eventFor('team', ''), partition: 1 },
      ],
      topic,
    )
    const lines = await untilTold(dry, 3)
    expect(lines).toMatchObject([
      {
        level: 'info',
        msg: 'would be posted',
        action: 'to-team',
        destination: 'team',
        message: `${topic}:1:0:to-team:team`,
        text: 'hello',
      },
      { level: 'warn', cause: 'not_json', topic, partition: 1, offset: 2 },
      { level: 'warn', cause: 'empty_message', action: 'to-team', offset: 3 },
    ])
    expect(await ended(dry)).toBe(
      'dry run: 4 events read, 1 message would have been posted, 2 would have gone to dead letters\n' +
        '  1  to-team -> team\n',
    )
    expect(scene.slack.posts(`/services/T0/B0/team`)).toEqual([])
    const topics = await scene.admin.listTopics()
    expect(topics.filter((name) => Object.values(scene.topics).includes(name))).toEqual([])
    const { groups } = await scene.admin.listGroups()
    expect(groups.filter(({ groupId }) => groupId.startsWith(scene.prefix))).toEqual([])
  })

  it.each([
    ['earliest', ['--start', 'earliest'], ['old', 'new']],
    ['a time', ['--start', new Date(Date.now() - 3_600_000).toISOString()], ['new']],
  ])('begins at %s where it is told to', async (name, args, texts) => {
    const { topic, child } = await dryRunOf(name.replaceAll(' ', '-'), args)
    await scene.produce(
      [
        { value: eventFor('team', 'old'), partition: 0, timestamp: Date.now() - 7_200_000 },
        { value: eventFor('team', 'new'), partition: 0, timestamp: Date.now() - 1_000 },
      ],
      topic,
    )
    const dry = await child()
    const lines = await untilTold(dry, texts.length)
    expect(lines.map(({ text }) => text)).toEqual(texts)
    await ended(dry)
  })

  it('needs no secret: a variable that is not set is a warning', async () => {
    const { topic, child } = await dryRunOf('unset', [], { webhook_url: '${BELLHOP_NOT_SET}' })
    const dry = await child()
    expect(logLines(dry)).toContainEqual(
      expect.objectContaining({ level: 'warn', msg: 'the environment variable BELLHOP_NOT_SET is not set' }),
    )
    await scene.produce([{ value: eventFor('team', 'hello') }], topic)
    expect(await untilTold(dry, 1)).toMatchObject([{ text: 'hello' }])
    await ended(dry)
  })

  it('reads a partition that appears later from its beginning', async () => {
    const { topic, child } = await dryRunOf('grows', [])
    const dry = await child()
    await scene.admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] })
    await eventually('the partition has a leader', async () => {
      const { topics } = await scene.admin.fetchTopicMetadata({ topics: [topic] })
      const partitions = topics[0]?.partitions ?? []
      return partitions.length === 3 && partitions.every(({ leader }) => leader >= 0)
    })
    await scene.produce([{ value: eventFor('team', 'third'), partition: 2 }], topic)
    const [first] = await untilTold(dry, 1)
    expect(first).toMatchObject({ text: 'third', message: `${topic}:2:0:to-team:team` })
    await ended(dry)
  })

  it('does not begin where a topic does not exist, nor make it', async () => {
    const topic = `${scene.prefix}.none`
    const config = writeConfig(
      laneConfig(scene, { destinations: { team: {} }, kafka: { events: [{ topic }] } }),
    )
    const child = processes.bellhop(['run', '--dry-run', '-c', config])
    expect(await child.exited()).toEqual({ code: 1, signal: null })
    expect(child.stderr).toContain(`topic ${topic} does not exist`)
    expect(await scene.admin.listTopics()).not.toContain(topic)
  })
})
