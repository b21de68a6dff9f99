/** The parent's side of supervisor.ts: a broker that cannot outlive this process. */
import { fork } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FromSupervisor, Phase, SupervisorPlan, ToSupervisor } from './supervisor-messages.ts'

export interface SupervisedBroker {
  /** Null while no broker runs. */
  readonly pid: number | null
  /** Resolves when the broker ends unasked. */
  readonly died: Promise<BrokerDeath>
  /** kill -9 for the broker; its data stays. Resolves when it is gone. */
  kill(): Promise<void>
  /** Runs the broker again after a kill. */
  run(): void
  /** Ends the broker as its plan says; resolves when nothing of it is left. */
  stop(): Promise<void>
}

export interface BrokerDeath {
  during: Phase
  /** `exit code 1`, `signal SIGKILL`, or why it could not be started. */
  detail: string
}

/** Beside this file, as TypeScript in a checkout and as JavaScript in the published package. */
const SUPERVISOR = fileURLToPath(new URL(`./supervisor${extname(import.meta.url)}`, import.meta.url))

export function superviseBroker(plan: SupervisorPlan): SupervisedBroker {
  const supervisor = fork(SUPERVISOR, [], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const tell = (message: ToSupervisor): boolean => supervisor.connected && supervisor.send(message)
  const exited = once(supervisor, 'exit')
  const changes = new EventEmitter<{ down: [] }>()
  let pid: number | null = null
  let stopping = false

  const died = new Promise<BrokerDeath>((resolve) => {
    supervisor.on('message', (message: FromSupervisor) => {
      pid = message.type === 'running' ? message.pid : null
      if (message.type !== 'down') return
      changes.emit('down')
      if (!message.asked) resolve({ during: message.during, detail: message.detail })
    })
    // Only somebody who kills the supervisor itself brings this about; what it would have done is done here.
    void exited.then(async ([code, signal]) => {
      if (stopping) return
      if (pid !== null) killProcess(pid)
      if (plan.temporary) await rm(plan.directory, { recursive: true, force: true, maxRetries: 5 })
      pid = null
      changes.emit('down')
      resolve({ during: 'run', detail: `its supervisor ended with ${signal ?? `exit code ${code}`}` })
    })
  })
  tell({ type: 'begin', plan })

  return {
    get pid() {
      return pid
    },
    died,
    async kill() {
      if (pid === null) return
      const down = once(changes, 'down')
      tell({ type: 'kill' })
      await down
    },
    run() {
      tell({ type: 'run' })
    },
    async stop() {
      stopping = true
      if (supervisor.connected) supervisor.disconnect()
      await exited
    },
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}
