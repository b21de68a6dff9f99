import * as z from 'zod'
import { UNSET } from '../tree.ts'

/** What documentation, checks and excerpts know of an option. */
export interface OptionDoc {
  /** In a person's words: `duration`, `list of text`. */
  type: string
  description: string
  /** The value as it stands in YAML. */
  example: string
  /** What holds where the option is left out, where that is no value of its own. */
  otherwise?: string
  /** Never shown, wherever it is written. */
  secret?: boolean
  /** Text in a language of its own, in which `${...}` means nothing to the configuration. */
  verbatim?: boolean
  /** Of a map whose names the author chooses: what is known of each of its values. */
  each?: OptionDoc
}

/** The documentation beside each option's schema, and the default as it would be written. */
export const OPTION_DOCS = z.registry<OptionDoc & { default?: Written }>()

/** A value as the configuration's tree holds it: all scalars are text. */
export type Written = string | readonly string[] | { readonly [key: string]: string }

export function required<T extends z.ZodType>(schema: T, doc: OptionDoc): T {
  return documented(schema, doc)
}

export function optional<T extends z.ZodType>(schema: T, doc: OptionDoc) {
  return documented(schema.optional(), doc)
}

/** `written` is what stands in where the option is left out. */
export function defaulted<T extends z.ZodType>(schema: T, written: Written & z.input<T>, doc: OptionDoc) {
  return documented(z.prefault(schema, written), { ...doc, default: written })
}

function documented<T extends z.ZodType>(schema: T, doc: OptionDoc & { default?: Written }): T {
  const plain: z.ZodType = schema
  OPTION_DOCS.add(plain, doc)
  return schema
}

/** A map of options inside another; an empty one is as good as none. */
export function section<S extends z.ZodRawShape>(shape: S) {
  return z.preprocess((input) => (input === null || input === UNSET ? {} : input), z.strictObject(shape))
}

/** A map of options, or one word for all its defaults and one for null; `true` and `false` do as well. */
export function toggledSection<S extends z.ZodRawShape>(shape: S, words: { on: string; off: string }) {
  const names = Object.keys(shape).join(', ')
  const message = `must be ${words.on}, ${words.off}, or a map of ${names}`
  const options = z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? message : undefined),
  })
  return z.preprocess((input) => {
    const word = typeof input === 'string' ? input.trim().toLowerCase() : input
    if (word === words.off || word === 'false' || word === UNSET) return null
    if (word === words.on || word === 'true') return {}
    return word ?? ''
  }, options.nullable())
}

/** A list, a single value, or several in one text with commas between (as variables hold them). */
export function listOf<T extends z.ZodType>(element: T) {
  return z.preprocess((input) => {
    if (typeof input === 'string') return input.split(',').map((part) => part.trim())
    return input === UNSET ? [UNSET] : input
  }, z.array(element))
}
