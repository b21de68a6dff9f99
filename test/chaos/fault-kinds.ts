/** The kinds of fault, and what each planned one is. */

/** What Slack, or the way there, does to one webhook. */
export const WEBHOOK_FAULTS = [
  'rate_limited',
  'rate_limited_bare',
  'server_error',
  'hang',
  'hang_recorded',
  'reset_before_body',
  'reset_after_body',
  'reset_after_record',
  'slow',
  'gone',
  'bad_message',
] as const
/** What never ends: these webhooks' messages become dead letters. */
export const LASTING_FAULTS = ['gone_for_good', 'broken_for_good'] as const
export const PROCESS_FAULTS = ['kill', 'term', 'freeze'] as const
export const BROKER_FAULTS = ['broker_restart', 'broker_kill'] as const
export const FAULT_KINDS = [
  ...WEBHOOK_FAULTS,
  ...LASTING_FAULTS,
  ...PROCESS_FAULTS,
  ...BROKER_FAULTS,
] as const

export type WebhookFaultKind = (typeof WEBHOOK_FAULTS)[number] | (typeof LASTING_FAULTS)[number]
type ProcessFaultKind = (typeof PROCESS_FAULTS)[number]
type BrokerFaultKind = (typeof BROKER_FAULTS)[number]
export type FaultKind = (typeof FAULT_KINDS)[number]

export interface WebhookFault {
  kind: WebhookFaultKind
  atMs: number
  webhook: string
  /** How many requests it meets. */
  times: number
  /** Seconds of Retry-After, or milliseconds of slowness; else 0. */
  amount: number
}

export interface ProcessFault {
  kind: ProcessFaultKind
  atMs: number
  /** Whose turn it is. */
  place: number
  /** Frozen for so long, or away for so long before a new process takes the place. */
  forMs: number
}

export interface BrokerFault {
  kind: BrokerFaultKind
  atMs: number
  /** The place whose process is told to stop while the broker is away; null: none is. */
  stops: number | null
}

export type PlannedFault = WebhookFault | ProcessFault | BrokerFault
