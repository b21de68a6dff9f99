/** A schema registry of one's own on this machine: Apicurio, which speaks as Confluent's does. It keeps no data. */
export interface LocalRegistryOptions {
  /** Takes one line for a person at a time. */
  progress: (line: string) => void
  /** Ends the start; a registry that runs is ended with `stop`. */
  signal?: AbortSignal
}

export interface LocalRegistry {
  engine: 'java' | 'docker'
  /** What `registry.url` takes: `http://127.0.0.1:PORT/apis/ccompat/v7`. */
  url: string
  /** Resolves when nothing of it is left. */
  stop(): Promise<void>
}

export const REGISTRY_VERSION = '3.0.9'
export const REGISTRY_PATH = '/apis/ccompat/v7'
