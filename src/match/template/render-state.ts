import type { Context } from 'liquidjs'

/**
 * What one rendering is about. It travels as Liquid's globals, where paths and filters find it; a template
 * cannot name its fields, because they are not own properties.
 */
export class RenderState {
  readonly #event: unknown
  readonly #nowMs: number

  constructor(event: unknown, nowMs: number) {
    this.#event = event
    this.#nowMs = nowMs
  }

  get event(): unknown {
    return this.#event
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
