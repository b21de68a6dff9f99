import type { Config } from '../config/config.ts'
import type { Loaded } from '../config/load.ts'
import type { Clock } from '../core/clock.ts'
import type { Observer, ReloadCause } from '../observe/observer.ts'
import { configChanges, isUnchanged } from './config-changes.ts'
import { optionsForRestart } from './restart-options.ts'

export interface ReloaderDeps {
  /** What the process began with. */
  config: Config
  /** Reads the configuration and checks it whole. */
  load(): Promise<Loaded>
  /** Puts it to work, whole or not at all: throws before anything has changed, or not. */
  apply(config: Config): void
  observer: Observer
  clock: Clock
}

/**
 * Loads the configuration again when told to. It is checked whole before anything is touched, and one that cannot be
 * used leaves the old one at work. One reload at a time: what is asked for meanwhile is done afterwards, once.
 */
export class Reloader {
  readonly #deps: ReloaderDeps
  #config: Config
  #running: Promise<void> | null = null
  #next: ReloadCause | null = null
  #stopped = false

  constructor(deps: ReloaderDeps) {
    this.#deps = deps
    this.#config = deps.config
  }

  /** Resolves when nothing is left to do. */
  reload(cause: ReloadCause): Promise<void> {
    this.#next = cause
    this.#running ??= this.#work()
    return this.#running
  }

  /** Begins nothing more; one that is being loaded is not put to work. */
  stop(): void {
    this.#stopped = true
  }

  async #work(): Promise<void> {
    while (this.#next !== null && !this.#stopped) {
      const cause = this.#next
      this.#next = null
      await this.#reload(cause)
    }
    this.#running = null
  }

  async #reload(cause: ReloadCause): Promise<void> {
    const { observer, load } = this.#deps
    observer.configReloading({ cause })
    try {
      const loaded = await load()
      if (!this.#stopped) this.#take(loaded)
    } catch (error) {
      observer.configReloadFailed({ error })
    }
  }

  #take(loaded: Loaded): void {
    const { observer, clock, apply } = this.#deps
    if (loaded.kind === 'invalid') {
      for (const problem of loaded.problems) observer.configProblem({ problem })
      observer.configInvalid({ problems: loaded.problems.length })
      return
    }
    const [before, after] = [this.#config, loaded.config]
    const options = optionsForRestart(before, after)
    if (options.length > 0) {
      observer.configNeedsRestart({ options })
      return
    }
    const atMs = clock.nowMs()
    if (isUnchanged(before, after)) {
      observer.configUnchanged({ version: after.version, atMs })
      return
    }
    const startedMs = clock.monotonicMs()
    apply(after)
    this.#config = after
    const durationMs = clock.monotonicMs() - startedMs
    const [version, previous] = [after.version, before.version]
    observer.configApplied({ version, previous, ...configChanges(before, after), durationMs, atMs })
    for (const problem of loaded.warnings) observer.configWarned({ problem })
  }
}
