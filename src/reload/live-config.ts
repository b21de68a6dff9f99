import type { Config } from '../config/config.ts'

/** Whoever works by a configuration. */
export interface Reconfigurable {
  /** Makes all that another one needs, and throws where that cannot be; what it gives puts it to work, and cannot fail. */
  prepare(config: Config): () => void
}

/** The configuration at work in this process. */
export class LiveConfig {
  #current: Config
  readonly #users: Reconfigurable[] = []

  constructor(config: Config) {
    this.#current = config
  }

  get current(): Config {
    return this.#current
  }

  /** Of the current configuration from the same moment on. */
  addUser(user: Reconfigurable): void {
    this.#users.push(user)
  }

  /** For all users in one go, so that nothing works by halves; where one of them cannot, nothing has changed. */
  replace(config: Config): void {
    const commits = this.#users.map((user) => user.prepare(config))
    this.#current = config
    for (const commit of commits) commit()
  }
}
