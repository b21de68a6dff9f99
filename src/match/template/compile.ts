/**
 * Message templates: Liquid over an event, with Slack's escaping. A template is checked whole when it is
 * compiled; rendering is pure, bounded in time and size, and never throws.
 *
 * The text outside of `{{ }}` and `{% %}` is the author's and stands as it is. Every output is escaped once,
 * literals in it included (`default: "<!here>"` pings no one), but for what link, mention and slack_date make.
 */
import { Context, LiquidError, TypeGuards, toValueSync } from 'liquidjs'
import { isRecord } from '../../core/is-record.ts'
import { cutText, inlineText, linkUrl, onOneLine } from '../../slack/escape.ts'
import { positionAt, type TextPosition } from '../text-position.ts'
import { compileDirect } from './direct.ts'
import { MessageEmitter } from './message-emitter.ts'
import { MESSAGE_LIQUID, type ParsedMessage, parseMessage } from './message-parser.ts'
import { RenderState } from './render-state.ts'
import type { OutputForm } from './slack-markup.ts'
import { TemplateError } from './template-error.ts'

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
export const MAX_MESSAGE_LENGTH = 4_000
const MAX_DETAIL_LENGTH = 200

/** @throws {TemplateError} where the text is no template. */
export function compileTemplate(text: string, options: { maxLength?: number } = {}): Template {
  const { maxLength = MAX_MESSAGE_LENGTH } = options
  const parsed = parseMessage(text)
  return {
    rawOutputs: parsed.rawOffsets.map((offset) => positionAt(text, offset)),
    render: renderer(text, {
      write: compileNodes(parsed, 'markup'),
      finish: (message) => cutText(message, maxLength),
      needs: 'none',
    }),
  }
}

/** Of a slot of one line: one that is longer would cost the message all that matters less. */
export const MAX_LINE_LENGTH = 1_000

/**
 * A template for a slot of one line: as any other, but a run of newlines is one space, and it is cut sooner. Empty where
 * it has outputs and all of them are empty: what would be left is words around missing data.
 * @throws {TemplateError} where the text is no template.
 */
export function compileLine(text: string): Template {
  const parsed = parseMessage(text)
  return {
    rawOutputs: parsed.rawOffsets.map((offset) => positionAt(text, offset)),
    render: renderer(text, {
      write: compileNodes(parsed, 'markup'),
      finish: (line) => cutText(onOneLine(line), MAX_LINE_LENGTH),
      needs: 'some',
    }),
  }
}

/**
 * A template for the address of a link: the text is what stands before the `|` in `<address|label>`; empty where
 * it is not http, https or mailto, and so must not be a link, and where any output is empty: it would lead elsewhere.
 * @throws {TemplateError} where the text is no template, or begins with another scheme whatever the event.
 */
export function compileLinkUrl(text: string): Template {
  const parsed = parseMessage(text)
  if (!mayBeLink(parsed)) throw new TemplateError(text, 0, NO_LINK)
  return {
    rawOutputs: [],
    render: renderer(text, { write: compileNodes(parsed, 'plain'), finish: whole(linkUrl), needs: 'all' }),
  }
}

const NO_LINK = 'a link begins with https://, http:// or mailto:'
const SCHEMES = ['https://', 'http://', 'mailto:']

/** Judged by the text before the first output or tag: nothing that an event holds could mend it. */
function mayBeLink({ nodes: [first, ...more] }: ParsedMessage): boolean {
  if (first === undefined || !TypeGuards.isHTMLToken(first.token)) return true
  const beginning = first.token.getContent().trimStart().toLowerCase()
  if (more.length === 0 && linkUrl(beginning) === null) return beginning === ''
  return SCHEMES.some((scheme) => scheme.startsWith(beginning) || beginning.startsWith(scheme))
}

type Finish = (text: string) => { text: string; cut: boolean }

function whole(finish: (text: string) => string | null): Finish {
  return (text) => ({ text: finish(text) ?? '', cut: false })
}

interface Rendering {
  write(state: RenderState): string
  finish: Finish
  /** Without so much of its data it is empty. */
  needs: RenderState['data']
}

/** From little to much. */
const DATA: readonly RenderState['data'][] = ['none', 'some', 'all']

function renderer(template: string, { write, finish, needs }: Rendering): Template['render'] {
  return (event, { nowMs }) => {
    try {
      const state = new RenderState(event, nowMs)
      const written = write(state).trim()
      if (written === '' || DATA.indexOf(state.data) < DATA.indexOf(needs)) return { kind: 'empty' }
      const finished = finish(written)
      return finished.text === '' ? { kind: 'empty' } : { kind: 'text', ...finished }
    } catch (error) {
      return { kind: 'failed', detail: describe(template, error) }
    }
  }
}

function compileNodes(parsed: ParsedMessage, form: OutputForm): (state: RenderState) => string {
  return compileDirect(parsed.nodes, form) ?? compileLiquid(parsed, form)
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

function compileLiquid({ nodes }: ParsedMessage, form: OutputForm): (state: RenderState) => string {
  const templates = [...nodes]
  const { options, renderer } = MESSAGE_LIQUID
  return (state) => {
    // A copy, because {% increment %} writes into it.
    const scope = isRecord(state.event) ? { ...state.event } : {}
    const context = new Context(scope, options, { sync: true, globals: state }, { liquid: MESSAGE_LIQUID })
    const emitter = new MessageEmitter()
    toValueSync(renderer.renderTemplates(templates, context, emitter))
    return emitter.toMarkup()[form]
  }
}

function describe(text: string, error: unknown): string {
  const cause = LiquidError.is(error) ? (error.originalError ?? error) : error
  const said = cause instanceof Error ? cause.message : String(cause)
  const { line, column } = positionAt(text, LiquidError.is(error) ? error.token.begin : 0)
  return cutText(inlineText(`line ${line}, column ${column}: ${said}`), MAX_DETAIL_LENGTH).text
}
