import { sleep } from '../system.ts'

/**
 * Notices that a configuration has become another one and stays so. It looks twice a second at what the files hold,
 * and a change counts when two looks in a row found the same: half a file is no configuration. Notices of the file
 * system (fs.watch) are quicker, and miss what matters here: network drives send none, an editor's rename and the
 * symbolic links that Kubernetes puts over leave the watched inode behind.
 */
export class ConfigWatch {
  readonly #fingerprint: () => Promise<string>
  /** As it was acted upon. */
  #known: string
  #latest: string

  private constructor(fingerprint: () => Promise<string>, first: string) {
    this.#fingerprint = fingerprint
    this.#known = first
    this.#latest = first
  }

  /** To be called before the configuration is loaded, so that no change falls in between. */
  static async begin(fingerprint: () => Promise<string>): Promise<ConfigWatch> {
    return new ConfigWatch(fingerprint, await fingerprint())
  }

  /** Whether it is time to load it again; says so once for each change. */
  async look(): Promise<boolean> {
    const found = await this.#fingerprint()
    const isSettled = found === this.#latest
    this.#latest = found
    if (!isSettled || found === this.#known) return false
    this.#known = found
    return true
  }

  /** Looks until the signal. */
  async run({ everyMs, changed, signal }: WatchOptions): Promise<void> {
    for (await sleep(everyMs, signal); !signal.aborted; await sleep(everyMs, signal)) {
      if ((await this.look()) && !signal.aborted) changed()
    }
  }
}

export interface WatchOptions {
  everyMs: number
  changed(): void
  signal: AbortSignal
}
