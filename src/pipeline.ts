import { DispatchStage } from './dispatch/dispatch-stage.ts'
import { createMatchStage } from './match/match-stage.ts'
import type { StageName } from './observe/observer.ts'
import type { DispatchStageDeps, Stage } from './stage.ts'

/**
 * The flow, on one page. Each arrow is a Kafka topic, so each stage can run in a process of its own, and as often
 * as there are partitions.
 *
 *     events topics
 *        |  match/match-stage.ts
 *        |    kafka/transactional-consumer.ts   a batch, its results and its offsets: one transaction
 *        |    event/decode-json.ts              bytes -> event, or poison
 *        |    match/rule-index.ts               event -> rules that could match
 *        |    match/trigger/                    rule's FQL -> does it hold
 *        v    match/template/                   rule's Liquid -> text, escaped for Slack
 *     PREFIX.dispatch                           one record a message, keyed by webhook
 *        |  dispatch/dispatch-stage.ts
 *        |    kafka/dispatch-consumer.ts        records -> lanes; commits what is complete
 *        |    dispatch/lanes.ts                 one post in flight a webhook, paced, in order
 *        |    slack/client.ts                   the post, and what the answer meant
 *        |    dispatch/retry.ts                 delivered, again, or given up
 *        v    dispatch/settlement.ts            dead letter, receipt, complete
 *     Slack, PREFIX.receipts, PREFIX.dead-letters
 */
export function createPipeline(stages: readonly StageName[], deps: DispatchStageDeps): Stage[] {
  return stages.map((stage) => (stage === 'match' ? createMatchStage(deps) : new DispatchStage(deps)))
}
