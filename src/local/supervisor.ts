/**
 * Runs a broker as the child of a process that may die at any moment, kill -9 included, and leaves nothing
 * behind: no broker, no port, no temporary folder.
 *
 * It is a process of its own, in its own session, so that neither Ctrl-C nor a signal to the parent's process
 * group reaches it or the broker. The parent holds the other end of an IPC channel. The kernel closes that end
 * whatever way the parent goes, and closing it is also how the parent asks for the end: there is one way out,
 * and every run takes it.
 *
 * waiting -> (begin) preparing -> running <-> down (kill, run) -> (channel closed, or a signal) ending -> gone
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type FolderLock, lockFolder, SUPERVISOR_TITLE } from './folder-lock.ts'
import type { FromSupervisor, SupervisorPlan, ToSupervisor } from './supervisor-messages.ts'

/** How long a broker whose data stays may take to shut down. */
const SHUTDOWN_MS = 15_000

class Supervisor {
  #plan: SupervisorPlan | null = null
  #child: ChildProcess | null = null
  #lock: FolderLock | null = null
  /** Everything asked for so far; one thing after the other. */
  #work: Promise<void> = Promise.resolve()
  #killed = false
  #ending = false

  receive(message: ToSupervisor): void {
    if (message.type === 'kill') {
      this.#killed = true
      this.#child?.kill('SIGKILL')
      return
    }
    if (message.type === 'begin') this.#plan = message.plan
    const { type } = message
    this.#work = this.#work
      .then(() => (type === 'begin' ? this.#begin() : this.#run()))
      .catch((error: unknown) =>
        this.#tell({ type: 'down', during: 'prepare', detail: String(error), asked: false }),
      )
  }

  /** Ends the broker, removes what is temporary and exits; what is asked for later is not done. */
  async end(): Promise<void> {
    if (this.#ending) return
    this.#ending = true
    const { directory, temporary } = this.#plan ?? { directory: null, temporary: true }
    this.#child?.kill(temporary ? 'SIGKILL' : 'SIGTERM')
    const impatience = setTimeout(() => this.#child?.kill('SIGKILL'), SHUTDOWN_MS)
    await this.#work
    clearTimeout(impatience)
    if (this.#lock?.kind === 'locked') await this.#lock.release()
    if (temporary && directory !== null) await rm(directory, { recursive: true, force: true, maxRetries: 5 })
    process.exit(0)
  }

  /** The last resort, should the supervisor itself fail. */
  killBroker(): void {
    this.#child?.kill('SIGKILL')
  }

  async #begin(): Promise<void> {
    if (this.#plan === null) return
    const { directory, files, prepare } = this.#plan
    await mkdir(directory, { recursive: true, mode: 0o700 })
    this.#lock = await lockFolder(directory)
    if (this.#lock.kind === 'in_use') {
      this.#tell({ type: 'down', during: 'lock', detail: `process ${this.#lock.pid} uses it`, asked: false })
      return
    }
    for (const { name, text } of files) {
      const path = join(directory, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
    }
    if (prepare === null || (await this.#execute('prepare', prepare))) await this.#run()
  }

  async #run(): Promise<void> {
    this.#killed = false
    if (this.#plan !== null) await this.#execute('run', this.#plan.run)
  }

  /** Runs a command to its end; true when that was a good one. */
  async #execute(during: 'prepare' | 'run', command: readonly string[]): Promise<boolean> {
    if (this.#ending || this.#plan === null) return false
    const log = openSync(join(this.#plan.directory, this.#plan.log), 'a')
    const [file = '', ...args] = command
    const child = spawn(file, args, { stdio: ['ignore', log, log] })
    closeSync(log)
    const ended = endOf(child)
    this.#child = child
    if (during === 'run' && child.pid !== undefined) {
      this.#tell({ type: 'running', pid: child.pid })
      if (this.#lock?.kind === 'locked') await this.#lock.add(child.pid)
    }
    const { well, detail } = await ended
    this.#child = null
    const asked = this.#killed || this.#ending
    if (during === 'run' || !well) this.#tell({ type: 'down', during, detail, asked })
    return well
  }

  /** The parent may be gone: then nobody listens, and that is no error here. */
  #tell(message: FromSupervisor): void {
    if (process.connected) process.send?.(message, undefined, {}, () => {})
  }
}

/** `detail` says how it ended: `exit code 1`, `signal SIGKILL`, or why it never started. */
function endOf(child: ChildProcess): Promise<{ well: boolean; detail: string }> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ well: false, detail: error.message }))
    child.once('exit', (code, signal) =>
      resolve({ well: code === 0, detail: signal === null ? `exit code ${code}` : `signal ${signal}` }),
    )
  })
}

// The name keeps it out of the way of those who end every process called node.
process.title = SUPERVISOR_TITLE
const supervisor = new Supervisor()
process.on('message', (message: ToSupervisor) => supervisor.receive(message))
process.on('disconnect', () => void supervisor.end())
process.on('exit', () => supervisor.killBroker())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void supervisor.end())
