import { expect, it } from 'vitest'
import { startLocalKafka } from '../../src/local/start-local-kafka.ts'
import { useConfigFiles } from '../support/bellhop-config.ts'
import { createScene, eventFor, laneConfig, logLines } from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'

const configFile = useConfigFiles()
const processes = useProcesses()

it('a dry run waits for a broker that is away, goes on where it was, and ends at once all the same', async () => {
  const broker = await startLocalKafka({ progress: () => {} })
  const scene = await createScene('dry-away', { brokers: [broker.brokers] })
  try {
    await scene.createTopic('events', { partitions: 2 })
    const config = laneConfig(scene, { destinations: { team: {} }, kafka: { brokers: broker.brokers } })
    const dry = processes.bellhop(['run', '--dry-run', '-c', configFile(config), '--start', 'earliest'])
    const texts = (): unknown[] => logLines(dry).flatMap(({ text }) => (text === undefined ? [] : [text]))
    await scene.produce([{ value: eventFor('team', 'before') }])
    await eventually('the first is told', () => texts().length === 1)

    await broker.kill()
    await dry.line(/Kafka does not answer: waiting/, 40_000)
    await broker.restart()
    await dry.line(/Kafka answers again/, 40_000)
    await scene.produce([{ value: eventFor('team', 'after') }])
    await eventually('the second is told', () => texts().length >= 2, { withinMs: 20_000 })
    expect(texts()).toEqual(['before', 'after'])

    await broker.kill()
    dry.kill('SIGTERM')
    expect(await dry.exited(5_000)).toEqual({ code: 0, signal: null })
    expect(dry.stdout).toContain('dry run: 2 events read, 2 messages would have been posted')
  } finally {
    await scene.close()
    await broker.stop()
  }
}, 120_000)
