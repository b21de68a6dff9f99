/**
 * Every tag a message may use: Liquid's own, but those that read files (include, render, layout, block) or write
 * HTML (tablerow). What echo, cycle and capture put out is escaped, once, as an output is.
 */
import {
  type Context,
  type Emitter,
  CaptureTag as LiquidCapture,
  CycleTag as LiquidCycle,
  tags as liquidTags,
  Tag,
  Value,
} from 'liquidjs'
import { didYouMean } from '../../core/nearest.ts'
import { MessageEmitter } from './message-emitter.ts'
import { MessageOutput } from './message-output.ts'
import { toMarkup } from './slack-markup.ts'

type TagClass = (typeof liquidTags)[string]
type TagArguments = ConstructorParameters<TagClass>

class Echo extends Tag {
  readonly #output: MessageOutput | null

  constructor(...[token, remaining, liquid]: TagArguments) {
    super(token, remaining, liquid)
    this.tokenizer.skipBlank()
    this.#output = this.tokenizer.end()
      ? null
      : new MessageOutput(token, new Value(this.tokenizer.readFilteredValue(), liquid), false)
  }

  override render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> | undefined {
    return this.#output?.render(context, emitter)
  }
}

class Cycle extends LiquidCycle {
  override *render(context: Context, emitter: Emitter): Generator<unknown, unknown, unknown> {
    return toMarkup(yield super.render(context, emitter))
  }
}

/** Keeps what was captured as SlackMarkup: it is escaped already. */
class Capture extends LiquidCapture {
  override *render(context: Context): Generator<unknown, void, string> {
    const emitter = new MessageEmitter()
    yield this.liquid.renderer.renderTemplates(this.templates, context, emitter)
    context.bottom()[this.variable] = emitter.toMarkup()
  }
}

const READS_FILES = 'a message is one text and reads no files'

const REMOVED_TAGS: ReadonlyMap<string, string> = new Map([
  ['include', READS_FILES],
  ['render', READS_FILES],
  ['layout', READS_FILES],
  ['block', READS_FILES],
  ['tablerow', 'Slack shows no HTML'],
])

export const MESSAGE_TAGS: ReadonlyMap<string, TagClass> = new Map<string, TagClass>([
  ...Object.entries(liquidTags).filter(([name]) => !REMOVED_TAGS.has(name)),
  ['echo', Echo],
  ['cycle', Cycle],
  ['capture', Capture],
])

const BRANCH_OF: ReadonlyMap<string, string> = new Map([
  ['elsif', '{% if %}'],
  ['else', '{% if %}, {% unless %}, {% case %} or {% for %}'],
  ['when', '{% case %}'],
])

const CLOSING = ['endif', 'endunless', 'endcase', 'endfor', 'endcapture', 'endcomment', 'endraw']

/** Why a tag cannot stand where it does and what can instead; null for one that opens or does something. */
export function tagProblem(name: string): string | null {
  if (MESSAGE_TAGS.has(name)) return null
  const removed = REMOVED_TAGS.get(name)
  if (removed !== undefined) return `the tag {% ${name} %} is not available: ${removed}`
  const opening = BRANCH_OF.get(name)
  if (opening !== undefined) return `{% ${name} %} stands outside of ${opening}`
  if (CLOSING.includes(name)) return `{% ${name} %} closes nothing: there is no open {% ${name.slice(3)} %}`
  return `unknown tag {% ${name} %}${didYouMean(name, [...MESSAGE_TAGS.keys(), ...BRANCH_OF.keys(), ...CLOSING])}`
}
