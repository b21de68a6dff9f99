/** bellhop's own topics, consumer groups and transactional ids all begin with the configured prefix. */
export interface TopicNames {
  dispatch: string
  receipts: string
  deadLetters: string
  matchGroup: string
  dispatchGroup: string
}

export function topicNames(prefix: string): TopicNames {
  return {
    dispatch: `${prefix}.dispatch`,
    receipts: `${prefix}.receipts`,
    deadLetters: `${prefix}.dead-letters`,
    matchGroup: `${prefix}.match`,
    dispatchGroup: `${prefix}.dispatch`,
  }
}
