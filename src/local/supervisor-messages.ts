/** What a process and the supervisor of its broker say to each other. */

/** All a supervisor needs to run a broker, and to leave nothing of it behind. */
export interface SupervisorPlan {
  /** Made when missing; the broker's folder. */
  directory: string
  /** Removed in the end, the broker killed at once; else the broker may shut down in peace and all is kept. */
  temporary: boolean
  /** Written into `directory`, or below it, before anything runs. */
  files: { name: string; text: string }[]
  /** A command that must succeed first; null when there is nothing to prepare. */
  prepare: string[] | null
  run: string[]
  /** In `directory`: takes what both commands print, after what stands there already. */
  log: string
}

export type ToSupervisor =
  | { type: 'begin'; plan: SupervisorPlan }
  /** Kill the broker as a crash would; the supervisor stays. */
  | { type: 'kill' }
  /** Run the broker again, after a kill. */
  | { type: 'run' }

export type FromSupervisor =
  | { type: 'running'; pid: number }
  | { type: 'down'; during: Phase; detail: string; asked: boolean }

/** `lock`: another broker uses the folder. */
export type Phase = 'lock' | 'prepare' | 'run'
