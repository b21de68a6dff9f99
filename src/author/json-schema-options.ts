import { parse } from 'yaml'
import * as z from 'zod'
import { OPTION_DOCS, type OptionDoc, type Written } from '../config/spec/option.ts'
import { booleanForms, closedList, isScalarSchema, scalarForms } from './json-schema-scalars.ts'

/** A schema or a part of one, as it is printed. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** A variable may stand wherever a single value may; its value is not known to an editor. */
const VARIABLE: JsonSchema = { type: 'string', pattern: '\\$\\{' }

/** An option as its specification and its documentation say. */
export function optionSchema(schema: z.ZodType, doc: OptionDoc & { default?: Written }): JsonSchema {
  const forms = formsOf(schema)
  const written = doc.default === undefined ? {} : { default: asJson(doc.default, forms) }
  return {
    description: doc.description,
    ...written,
    examples: [exampleOf(doc)],
    ...oneOf(forms),
  }
}

export function objectOf(properties: readonly (readonly [string, JsonSchema, z.ZodType])[]): JsonSchema {
  const required = properties.filter(([, , schema]) => !accepts(schema, undefined)).map(([name]) => name)
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(properties.map(([name, property]) => [name, property])),
  }
}

function oneOf(forms: readonly JsonSchema[]): JsonSchema {
  const all = forms.some(isSingle) ? [...forms, VARIABLE] : forms
  const [only, ...others] = all
  return only !== undefined && others.length === 0 ? only : { anyOf: all }
}

/** The forms that a value may have. What the walk does not know may have any. */
function formsOf(schema: z.ZodType): readonly JsonSchema[] {
  if (isScalarSchema(schema)) return scalarForms(schema)
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodNullable) {
    return formsOf(known(schema.def.innerType))
  }
  if (schema instanceof z.ZodPipe) return preprocessedForms(schema)
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => formsOf(known(option)))
  if (schema instanceof z.ZodObject) return [objectSchema(schema)]
  if (schema instanceof z.ZodArray) return [listSchema(schema, schema)]
  if (schema instanceof z.ZodRecord) {
    return [{ type: 'object', additionalProperties: oneOf(formsOf(known(schema.def.valueType))) }]
  }
  return [{}]
}

function objectSchema(schema: z.ZodObject): JsonSchema {
  const properties = Object.entries(schema.def.shape).map(([name, property]) => {
    const option = known(property)
    const doc = OPTION_DOCS.get(option)
    return [name, doc === undefined ? oneOf(formsOf(option)) : optionSchema(option, doc), option] as const
  })
  return objectOf(properties)
}

/** `whole` is the list with what is checked around it. */
function listSchema(list: z.ZodArray, whole: z.ZodType): JsonSchema {
  const least = accepts(whole, []) ? {} : { minItems: 1 }
  return { type: 'array', ...least, items: oneOf(formsOf(known(list.element))) }
}

/** What the loader rewrites first: one value that stands for a list, a word or a name that stands for a map. */
function preprocessedForms(schema: z.ZodPipe): readonly JsonSchema[] {
  const inner = known(schema.def.out)
  const empty = accepts(schema, null) ? [{ type: 'null' }] : []
  if (inner instanceof z.ZodArray) {
    const single = formsOf(known(inner.element)).filter(isSingle)
    const several = { type: 'string', pattern: ',' }
    return [listSchema(inner, schema), ...single, ...(single.length === 0 ? [] : [several]), ...empty]
  }
  return [...wordForms(schema), ...formsOf(inner), ...empty]
}

const WORDS = ['true', 'false', 'on', 'off']
const ANY_NAME = 'some-name'

function wordForms(schema: z.ZodType): readonly JsonSchema[] {
  if (accepts(schema, ANY_NAME)) return [{ type: ['string', 'number', 'boolean'] }]
  const words = WORDS.filter((word) => accepts(schema, word))
  return words.length === 0 ? [] : [...closedList(words), ...booleanForms(words)]
}

function isSingle({ type, ...rest }: JsonSchema): boolean {
  const types = Array.isArray(type) ? type : [type]
  return 'enum' in rest || types.some((one) => one !== undefined && one !== 'object' && one !== 'array')
}

function accepts(schema: z.ZodType, input: unknown): boolean {
  return schema.safeParse(input).success
}

/** The classes of the specification all descend from ZodType. */
function known(schema: z.core.$ZodType): z.ZodType {
  if (schema instanceof z.ZodType) return schema
  throw new TypeError('the specification holds something that is no schema of its library')
}

/** As it would stand in the file, without the quotes that no one writes: `true`, `1000`. */
function asJson(written: Written, forms: readonly JsonSchema[]): unknown {
  if (typeof written !== 'string') return written
  const types = forms.flatMap(({ type }) => (Array.isArray(type) ? type : [type]))
  if (types.includes('boolean') && /^(?:true|false)$/.test(written)) return written === 'true'
  return types.includes('integer') && /^\d+$/.test(written) ? Number(written) : written
}

function exampleOf({ example }: OptionDoc): unknown {
  return parse(example)
}
