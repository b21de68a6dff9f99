/**
 * The short cut for templates of nothing but text and plain outputs (`{{$.a.b}}`, `{{ a.b }}`): closures instead
 * of Liquid's interpreter. The result is the same; test/match/template/direct.test.ts holds the two together.
 */
import { type Template as LiquidTemplate, TypeGuards } from 'liquidjs'
import { isRecord } from '../../core/is-record.ts'
import { MessageOutput } from './message-output.ts'
import { PathToken } from './message-tokenizer.ts'
import type { RenderState } from './render-state.ts'
import { type OutputForm, toMarkup, toRawMarkup } from './slack-markup.ts'

type Part = string | ((state: RenderState) => string)

/** Null where a tag or filter takes Liquid. */
export function compileDirect(
  nodes: readonly LiquidTemplate[],
  form: OutputForm = 'markup',
): ((state: RenderState) => string) | null {
  const parts: Part[] = []
  for (const node of nodes) {
    const part = directPart(node, form)
    if (part === null) return null
    parts.push(part)
  }
  return (state) => {
    let text = ''
    for (const part of parts) text += typeof part === 'string' ? part : part(state)
    return text
  }
}

function directPart(node: LiquidTemplate, form: OutputForm): Part | null {
  if (TypeGuards.isHTMLToken(node.token)) return node.token.getContent()
  if (!(node instanceof MessageOutput)) return null
  const read = directReader(node)
  if (read === null) return null
  const show = node.raw ? toRawMarkup : toMarkup
  return (state) => {
    const text = show(read(state.event))[form]
    state.wrote(text)
    return text
  }
}

/** Names that Liquid gives a meaning of its own. */
const COMPUTED = ['size', 'first', 'last']

function directReader({ value }: MessageOutput): ((event: unknown) => unknown) | null {
  const [operand, ...more] = value.initial.postfix
  if (operand === undefined || more.length > 0 || value.filters.length > 0) return null
  if (operand instanceof PathToken) {
    return operand.initial.read
  }
  if (!TypeGuards.isPropertyAccessToken(operand) || operand.variable !== undefined) return null
  const names: string[] = []
  for (const prop of operand.props) {
    if (!TypeGuards.isWordToken(prop) || COMPUTED.includes(prop.content)) return null
    names.push(prop.content)
  }
  return (event) => readNames(event, names)
}

/** As Liquid with ownPropertyOnly: own properties, a text's and a list's `length` among them. */
function readNames(event: unknown, names: readonly string[]): unknown {
  if (!isRecord(event)) return undefined
  let value: unknown = event
  for (const name of names) {
    if (value === undefined || value === null) return value
    const holder: object = Object(value)
    value = Object.hasOwn(holder, name) ? Reflect.get(holder, name) : undefined
  }
  return value
}
