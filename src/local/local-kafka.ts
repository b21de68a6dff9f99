/** A Kafka of one's own on this machine. */
export interface LocalKafkaOptions {
  /** Where it listens; left out or 0: the preferred port when that is free, else any that is. */
  port?: number
  preferredPort?: number
  /** Where it keeps its data; left out: nowhere, everything goes when it stops. */
  dataDir?: string
  /** A container keeps no data: it will do all the same when this is true. */
  dataDirOptional?: boolean
  /** Takes one line for a person at a time. */
  progress: (line: string) => void
  /** Ends the start; a broker that runs is ended with `stop`. */
  signal?: AbortSignal
}

export type KafkaEnd =
  | { how: 'stopped' }
  /** `log`: the last lines of the broker's log. */
  | { how: 'died'; detail: string; log: string[] }

export interface LocalKafka {
  engine: 'java' | 'docker'
  /** `127.0.0.1:PORT` */
  brokers: string
  /** The broker's process; null for a container, and while it is down. */
  readonly pid: number | null
  /** Resolves when the broker has ended, asked by `stop` or not. A `kill` is no end. */
  ended: Promise<KafkaEnd>
  /** kill -9 for the broker; clients find nobody until `restart`. */
  kill(): Promise<void>
  /** Runs it again with the same address and data, killing it first where it runs; resolves when it serves clients. */
  restart(): Promise<void>
  /** Resolves when nothing of it is left but a `dataDir`. */
  stop(): Promise<void>
}
