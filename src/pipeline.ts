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
 *        |    match/rule-peek.ts                the bytes of an event -> could any rule match it
 *        |    event/event-formats.ts            bytes -> event, from JSON or Avro, or poison
 *        |    match/rule-index.ts               event -> rules that could match
 *        |    match/trigger/                    rule's FQL -> does it hold
 *        v    match/template/                   rule's Liquid -> text, escaped for Slack
 *     PREFIX.dispatch                           one record a message, keyed by webhook
 *        |  dispatch/dispatch-stage.ts
 *        |    kafka/dispatch-owner.ts           a partition is claimed, its receipts are read, later it is let go
 *        |    kafka/dispatch-intake.ts          records -> lanes; a full lane passes over and is read again later
 *        |    dispatch/lanes.ts                 one post in flight a webhook, paced, in order
 *        |    dispatch/coalesce.ts              what waits and looks alike shares a post
 *        |    dispatch/breaker.ts               what is down gets one message a minute
 *        |    slack/client.ts                   the post, and what the answer meant
 *        |    dispatch/retry.ts                 delivered, again, or given up
 *        |    dispatch/settlement.ts            dead letter, receipt, complete
 *        v    dispatch/partition-tracker.ts     what may be committed
 *     Slack, PREFIX.receipts, PREFIX.dead-letters
 *                                    |  dead/ letters back into the flow, when a person says so
 *
 * A configuration that is read again (reload/) is put to work in all stages at once: between batches, between posts.
 */
export function createPipeline(stages: readonly StageName[], deps: DispatchStageDeps): Stage[] {
  return stages.map((stage) => (stage === 'match' ? createMatchStage(deps) : new DispatchStage(deps)))
}
