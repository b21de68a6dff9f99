/** Topics with dead letters, and configurations that belong to them. */
import { afterAll } from 'vitest'
import type { DeadLetter } from '../../../src/core/records.ts'
import { createRecordCodecs, type RecordCodec } from '../../../src/kafka/record-codec.ts'
import { useConfigFiles } from '../../support/bellhop-config.ts'
import { createScene, laneConfig, type Scene } from '../../support/bellhop-scene.ts'

/** A letter and where it lies: left out, in the first partition. */
export interface Lying {
  letter: DeadLetter
  partition?: number
  timestamp?: number
}

export interface DeadScenes {
  /** With the topics there, and these letters. */
  sceneWith(
    name: string,
    letters: readonly Lying[],
    options?: Parameters<typeof createScene>[1] & { partitions?: number },
  ): Promise<Scene>
  /** Without any topic. */
  emptyScene(name: string, options?: Parameters<typeof createScene>[1]): Promise<Scene>
  /** The path of a configuration for the scene, with the destinations `sales` and `alerts` unless told otherwise. */
  configOf(scene: Scene, more?: Partial<Parameters<typeof laneConfig>[1]>): string
}

/** What a broker takes at once. */
const LETTERS_A_REQUEST = 2_000

const DESTINATIONS = { sales: { rate: 'off' }, alerts: { rate: 'off' } }

export function useDeadScenes(): DeadScenes {
  const configFile = useConfigFiles()
  const scenes: Scene[] = []
  afterAll(() => Promise.all(scenes.map((scene) => scene.close())))
  const emptyScene: DeadScenes['emptyScene'] = async (name, options) => {
    const scene = await createScene(name, options)
    scenes.push(scene)
    return scene
  }
  return {
    emptyScene,
    async sceneWith(name, letters, { partitions = 3, ...options } = {}) {
      const scene = await emptyScene(name, options)
      const suffixes = ['dispatch', 'receipts', 'dead-letters', 'events']
      await Promise.all(suffixes.map((suffix) => scene.createTopic(suffix, { partitions })))
      if (letters.length > 0) await writeLetters(scene, letters)
      return scene
    },
    configOf: (scene, more = {}) => configFile(laneConfig(scene, { destinations: DESTINATIONS, ...more })),
  }
}

/** Idempotent: a broker that does not lead a new partition yet makes kafkajs send again what others took. */
export async function writeLetters(
  scene: Scene,
  letters: readonly Lying[],
  codec: Pick<RecordCodec<DeadLetter>, 'encode'> = createRecordCodecs().deadLetter,
): Promise<void> {
  const producer = scene.kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const messages = letters.map(({ letter, partition = 0, timestamp }) => ({
    key: 'lane',
    value: codec.encode(letter),
    partition,
    ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
  }))
  for (let from = 0; from < messages.length; from += LETTERS_A_REQUEST) {
    const part = messages.slice(from, from + LETTERS_A_REQUEST)
    await producer.send({ topic: scene.topics.deadLetters, acks: -1, messages: part })
  }
  await producer.disconnect()
}
