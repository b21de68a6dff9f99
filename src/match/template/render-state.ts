import type { Context } from 'liquidjs'

/**
 * What one rendering is about. It travels as Liquid's globals, where paths and filters find it; a template
 * cannot name its fields, because they are not own properties.
 */
export class RenderState {
  readonly #event: unknown
  readonly #nowMs: number
  #outputs = 0
  #emptyOutputs = 0

  constructor(event: unknown, nowMs: number) {
    this.#event = event
    this.#nowMs = nowMs
  }

  get event(): unknown {
    return this.#event
  }

  /** Every output tells what it gave. */
  wrote(text: string): void {
    this.#outputs += 1
    if (text.trim() === '') this.#emptyOutputs += 1
  }

  /** What the outputs found, so far. */
  get data(): 'all' | 'some' | 'none' {
    if (this.#emptyOutputs === 0) return 'all'
    return this.#emptyOutputs < this.#outputs ? 'some' : 'none'
  }

  /** The event's clock, milliseconds since the epoch. */
  get nowMs(): number {
    return this.#nowMs
  }
}

export function stateOf(context: Context): RenderState {
  if (context.globals instanceof RenderState) return context.globals
  throw new Error('a message template must be rendered by compileTemplate')
}
