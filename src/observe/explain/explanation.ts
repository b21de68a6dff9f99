/**
 * What `bellhop explain` and the page say of an event or message, in the order in which it happened. Every text is
 * plain words without secrets; `json` fields hold what they were taken from.
 */
export interface Explanation {
  /** What was asked for, and what it was taken for. */
  asked: { id: string; kind: ExplainedKind }
  /** False where nothing at all is known of it; the steps then say where was looked. */
  found: boolean
  /** In one sentence: what became of it. */
  summary: string
  steps: ExplainStep[]
  /** The records that tell it, as they were written, for `--json`. */
  records: Record<string, unknown>
}

export const EXPLAINED_KINDS = ['message_id', 'event_coordinates', 'event_message_id'] as const
export type ExplainedKind = (typeof EXPLAINED_KINDS)[number]

export interface ExplainStep {
  /** Milliseconds since the epoch; null where it has no time. */
  at: number | null
  stage: ExplainStage
  tone: ExplainTone
  /** One sentence. */
  text: string
  /** More lines, each a sentence or `name: value`. */
  details: string[]
  /** A command that does something about it, for a shell; null where there is none. */
  command: string | null
}

/** Where on the way it happened. */
export const EXPLAIN_STAGES = ['event', 'match', 'dispatch', 'slack', 'receipt', 'dead_letter'] as const
export type ExplainStage = (typeof EXPLAIN_STAGES)[number]

export const EXPLAIN_TONES = ['good', 'neutral', 'waiting', 'bad'] as const
export type ExplainTone = (typeof EXPLAIN_TONES)[number]
