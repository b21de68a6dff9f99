/**
 * Message templates: Liquid over an event, with Slack's escaping. A template is checked whole when it is
 * compiled; rendering is pure, bounded in time and size, and never throws.
 *
 * The text outside of `{{ }}` and `{% %}` is the author's and stands as it is. Every output is escaped once,
 * literals in it included (`default: "<!here>"` pings no one), but for what link, mention and slack_date make.
 */
import { Context, LiquidError, toValueSync } from 'liquidjs'
import { isRecord } from '../../core/is-record.ts'
import { cutText, inlineText } from '../../slack/escape.ts'
import { positionAt, type TextPosition } from '../text-position.ts'
import { compileDirect } from './direct.ts'
import { MessageEmitter } from './message-emitter.ts'
import { MESSAGE_LIQUID, type ParsedMessage, parseMessage } from './message-parser.ts'
import { RenderState } from './render-state.ts'

export { TemplateError } from './template-error.ts'

/**
 * `text`: white space around it removed, at most 4,000 UTF-16 units, `cut` where it was longer. `empty`: nothing
 * but white space. `failed`: a limit exceeded or a filter that could not do its work.
 */
export type Rendered =
  | { kind: 'text'; text: string; cut: boolean }
  | { kind: 'empty' }
  | { kind: 'failed'; detail: string }

export interface Template {
  /** `nowMs`: the event's clock, from which `ago`, `date` and `slack_date` count. */
  render(event: unknown, context: { nowMs: number }): Rendered
  /** Where the template leaves out escaping: every `{{{` and `| raw`. */
  readonly rawOutputs: readonly TextPosition[]
}

/** What Slack recommends; it splits a longer text: https://docs.slack.dev/reference/methods/chat.postMessage. */
const MAX_MESSAGE_LENGTH = 4_000
const MAX_DETAIL_LENGTH = 200

/** @throws {TemplateError} where the text is no template. */
export function compileTemplate(text: string, options: { maxLength?: number } = {}): Template {
  const { maxLength = MAX_MESSAGE_LENGTH } = options
  const parsed = parseMessage(text)
  const write = compileDirect(parsed.nodes) ?? compileLiquid(parsed)
  return {
    rawOutputs: parsed.rawOffsets.map((offset) => positionAt(text, offset)),
    render(event, { nowMs }) {
      try {
        const message = write(new RenderState(event, nowMs)).trim()
        return message === '' ? { kind: 'empty' } : { kind: 'text', ...cutText(message, maxLength) }
      } catch (error) {
        return { kind: 'failed', detail: describe(text, error) }
      }
    },
  }
}

/**
 * A template for those who embed it: the message, empty where there is none.
 * @throws {TemplateError} where the text is no template; the returned function an Error where rendering fails.
 */
export function compileMessage(text: string): (event: unknown, context: { nowMs: number }) => string {
  const template = compileTemplate(text)
  return (event, context) => {
    const rendered = template.render(event, context)
    if (rendered.kind === 'failed') throw new Error(`the message could not be rendered: ${rendered.detail}`)
    return rendered.kind === 'text' ? rendered.text : ''
  }
}

function compileLiquid({ nodes }: ParsedMessage): (state: RenderState) => string {
  const templates = [...nodes]
  const { options, renderer } = MESSAGE_LIQUID
  return (state) => {
    // A copy, because {% increment %} writes into it.
    const scope = isRecord(state.event) ? { ...state.event } : {}
    const context = new Context(scope, options, { sync: true, globals: state }, { liquid: MESSAGE_LIQUID })
    const emitter = new MessageEmitter()
    toValueSync(renderer.renderTemplates(templates, context, emitter))
    return emitter.buffer
  }
}

function describe(text: string, error: unknown): string {
  const cause = LiquidError.is(error) ? (error.originalError ?? error) : error
  const said = cause instanceof Error ? cause.message : String(cause)
  const { line, column } = positionAt(text, LiquidError.is(error) ? error.token.begin : 0)
  return cutText(inlineText(`line ${line}, column ${column}: ${said}`), MAX_DETAIL_LENGTH).text
}
