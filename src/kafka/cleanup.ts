/** Deletes what a test or a demo run left in a broker that is not its own. */
import { Kafka, logLevel } from './kafkajs.ts'

export interface CleanUpTarget {
  brokers: readonly string[]
  /** With eight hexadecimal digits in a row: one without a random part could name what is somebody's. */
  prefix: string
}

export interface CleanedUp {
  topics: string[]
  groups: string[]
  /** What begins with the prefix and could not be deleted: a group that still has members. */
  left: string[]
}

const RANDOM_PART = /[0-9a-f]{8}/

/** Deletes every topic and every consumer group whose name begins with the prefix. */
export async function cleanUp({ brokers, prefix }: CleanUpTarget): Promise<CleanedUp> {
  if (!RANDOM_PART.test(prefix)) {
    throw new Error(`the prefix "${prefix}" has no random part: nothing is deleted by it`)
  }
  const admin = new Kafka({
    brokers: [...brokers],
    clientId: 'bellhop-cleanup',
    logLevel: logLevel.NOTHING,
  }).admin()
  await admin.connect()
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix))
    if (topics.length > 0) await admin.deleteTopics({ topics })
    const groups = (await admin.listGroups()).groups
      .map(({ groupId }) => groupId)
      .filter((groupId) => groupId.startsWith(prefix))
    const left: string[] = []
    for (const group of groups) {
      await admin.deleteGroups([group]).catch(() => left.push(group))
    }
    return { topics, groups: groups.filter((group) => !left.includes(group)), left }
  } finally {
    await admin.disconnect()
  }
}
