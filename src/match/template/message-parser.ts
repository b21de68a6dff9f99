/**
 * Parses a message template. Every way in which the text can be wrong is a TemplateError, raised here: rendering
 * meets no unknown filter, tag or path.
 */
import {
  Liquid,
  LiquidError,
  type Template as LiquidTemplate,
  Parser,
  type TopLevelToken,
  TypeGuards,
  Value,
} from 'liquidjs'
import { SyntaxFault } from '../syntax-fault.ts'
import { MESSAGE_FILTERS } from './filters.ts'
import { MessageOutput, type OutputToken } from './message-output.ts'
import { MessageTokenizer } from './message-tokenizer.ts'
import { MESSAGE_TAGS, tagProblem } from './tags.ts'
import { TemplateError } from './template-error.ts'

const MAX_TEMPLATE_LENGTH = 100_000
/** Liquid's own measure: characters and elements that filters and ranges make in one rendering. */
const MAX_MEMORY = 8_000_000
const MAX_RENDER_MS = 1_000

export interface ParsedMessage {
  nodes: readonly LiquidTemplate[]
  /** Offsets of every `{{{` and `| raw`, in order. */
  rawOffsets: readonly number[]
}

/** Liquid with the tags and filters of messages; the same for every template, and never changed. */
export const MESSAGE_LIQUID: Liquid = createLiquid()

function createLiquid(): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    parseLimit: MAX_TEMPLATE_LENGTH,
    memoryLimit: MAX_MEMORY,
    renderLimit: MAX_RENDER_MS,
    locale: 'en-US',
    timezoneOffset: 0,
    templates: {},
  })
  for (const name of Object.keys(liquid.tags)) delete liquid.tags[name]
  for (const name of Object.keys(liquid.filters)) liquid.unregisterFilter(name)
  for (const [name, tag] of MESSAGE_TAGS) liquid.registerTag(name, tag)
  for (const [name, filter] of MESSAGE_FILTERS) liquid.registerFilter(name, filter)
  return liquid
}

/** @throws {TemplateError} */
export function parseMessage(text: string): ParsedMessage {
  if (text.length > MAX_TEMPLATE_LENGTH) {
    const reason = `a message template has at most ${MAX_TEMPLATE_LENGTH} characters`
    throw new TemplateError(text, MAX_TEMPLATE_LENGTH, reason)
  }
  try {
    const parser = new MessageParser(text)
    const nodes = parser.parseTokens(parser.tokenizer.readTopLevelTokens(MESSAGE_LIQUID.options))
    return { nodes, rawOffsets: [...parser.rawOffsets].sort((a, b) => a - b) }
  } catch (error) {
    throw toTemplateError(text, error)
  }
}

class MessageParser extends Parser {
  readonly rawOffsets = new Set<number>()
  readonly tokenizer: MessageTokenizer

  constructor(text: string) {
    super(MESSAGE_LIQUID)
    this.tokenizer = new MessageTokenizer(text, this.rawOffsets)
  }

  override parseToken(token: TopLevelToken, remaining: TopLevelToken[]): ReturnType<Parser['parseToken']> {
    if (TypeGuards.isTagToken(token)) {
      const problem = tagProblem(token.name)
      if (problem !== null) throw new SyntaxFault(token.begin, problem)
    } else if (TypeGuards.isOutputToken(token)) {
      return this.#parseOutput(token)
    }
    return super.parseToken(token, remaining)
  }

  #parseOutput(token: OutputToken): MessageOutput {
    const tokenizer = this.tokenizer.within(token.contentRange)
    const value = new Value(tokenizer.readFilteredValue(), MESSAGE_LIQUID)
    tokenizer.skipBlank()
    if (!tokenizer.end()) throw new SyntaxFault(tokenizer.p, `cannot read ${tokenizer.snapshot()} here`)
    const raw = token.input.startsWith('{{{', token.begin)
    if (raw) this.rawOffsets.add(token.begin)
    return new MessageOutput(token, value, raw)
  }
}

function toTemplateError(text: string, error: unknown): unknown {
  if (error instanceof SyntaxFault) return new TemplateError(text, error.offset, error.reason)
  if (!LiquidError.is(error)) return error
  const { originalError } = error
  if (originalError !== undefined) {
    const inner = toTemplateError(text, originalError)
    if (inner instanceof TemplateError) return inner
  }
  const said = originalError?.message ?? error.message.replace(/, line:\d+, col:\d+$/, '')
  return new TemplateError(text, error.token.begin, explain(said, text.slice(error.token.begin)))
}

/** Liquid's words, and what to do about it. */
function explain(said: string, rest: string): string {
  const block = /^tag \{%-?\s*(\w+)/.exec(said)?.[1]
  if (block !== undefined) return `{% ${block} %} is not closed: {% end${block} %} is missing`
  if (said.startsWith('output '))
    return `the output is not closed: ${rest.startsWith('{{{') ? '}}}' : '}}'} is missing`
  if (said.startsWith('tag ')) return 'the tag is not closed: %} is missing'
  if (said.startsWith('raw ')) return '{% raw %} is not closed: {% endraw %} is missing'
  return said
}
