/** Time as a parameter: stages never read a clock of their own. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch: for records and people. */
  nowMs(): number
  /** Milliseconds that never jump: for pace, backoff, deadlines and leases. */
  monotonicMs(): number
}
