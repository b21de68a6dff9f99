/** What an admin client does for tests, where kafkajs gives up on a broker that is busy. */
import type { Admin, ITopicConfig } from 'kafkajs'
import { eventually } from './eventually.ts'

/**
 * Creates a topic and waits until each of its partitions has a leader. kafkajs's own wait ends with an error where
 * the broker does not know a topic yet that it has just created.
 */
export async function createTopic(
  admin: Admin,
  { topic, numPartitions = 1, configEntries = [] }: ITopicConfig,
): Promise<void> {
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions, configEntries }] })
  await eventually(`${topic} has leaders`, async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    const partitions = topics[0]?.partitions ?? []
    return partitions.length === numPartitions && partitions.every(({ leader }) => leader >= 0)
  })
}

/**
 * Deletes the records of a partition below an offset. The first try may be made with what the client knew of the
 * topic's leaders when it was created.
 */
export async function deleteRecordsBelow(
  admin: Admin,
  { topic, partition, offset }: { topic: string; partition: number; offset: number },
): Promise<void> {
  await eventually(`${topic} has nothing below ${offset}`, async () => {
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] })
    return true
  })
}
