/**
 * A request that many ask for at the same moment, as all partitions do after a rebalance: they share one. What is
 * given was always asked of the broker after the call, never before.
 */
export class SharedRequest<T> {
  readonly #send: () => Promise<T>
  #underWay: Promise<T> | null = null
  #next: Promise<T> | null = null

  constructor(send: () => Promise<T>) {
    this.#send = send
  }

  ask(): Promise<T> {
    this.#next ??= this.#sendNext()
    return this.#next
  }

  async #sendNext(): Promise<T> {
    await this.#underWay?.catch(() => undefined)
    // Those who call in the same turn of the event loop still join.
    await Promise.resolve()
    this.#underWay = this.#next
    this.#next = null
    return this.#send()
  }
}
