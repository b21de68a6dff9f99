/** bellhop's own topics, consumer groups and transactional ids all begin with the configured prefix. */
export interface TopicNames {
  dispatch: string
  receipts: string
  deadLetters: string
  /** Compacted, one partition. */
  controls: string
  /** Compacted, one partition. */
  status: string
  matchGroup: string
  dispatchGroup: string
}

export function topicNames(prefix: string): TopicNames {
  return {
    dispatch: `${prefix}.dispatch`,
    receipts: `${prefix}.receipts`,
    deadLetters: `${prefix}.dead-letters`,
    controls: `${prefix}.controls`,
    status: `${prefix}.status`,
    matchGroup: `${prefix}.match`,
    dispatchGroup: `${prefix}.dispatch`,
  }
}
