/** What a chaos run can find wrong. */
export type FindingKind =
  | 'never_queued'
  | 'queued_twice'
  | 'unknown_message'
  | 'lost'
  | 'unrecorded'
  | 'delivered_without_arrival'
  | 'ended_twice'
  | 'repeated'
  | 'dead_without_letter'
  | 'letter_without_end'
  | 'letter_twice'
  | 'dead_without_cause'
  | 'accepted_and_dead'
  | 'resent_too_often'
  | 'out_of_order'
  | 'unreadable'
  | 'early'
  | 'two_in_flight'
  | 'drew_429'
  | 'process_died'
  | 'stop_failed'
  | 'proved_nothing'

export interface Finding {
  kind: FindingKind
  /** Which message or post, and what shows it. */
  detail: string
}
