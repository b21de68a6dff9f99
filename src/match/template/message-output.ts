import type { Context, Emitter, Output, Value } from 'liquidjs'
import { stateOf } from './render-state.ts'
import { toMarkup, toRawMarkup } from './slack-markup.ts'

export type OutputToken = Output['token']

/** `{{ value | filters }}`, and `{{{ … }}}`, which is not escaped. */
export class MessageOutput implements Output {
  readonly token: OutputToken
  readonly value: Value
  readonly raw: boolean

  constructor(token: OutputToken, value: Value, raw: boolean) {
    this.token = token
    this.value = value
    this.raw = raw
  }

  *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const value: unknown = yield this.value.value(context)
    const shown = this.raw ? toRawMarkup(value) : toMarkup(value)
    context.memoryLimit.use(shown.markup.length)
    stateOf(context).wrote(shown.markup)
    emitter.write(shown)
  }

  *arguments(): Generator<Value, void, unknown> {
    yield this.value
  }
}
