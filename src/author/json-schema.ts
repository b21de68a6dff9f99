import { type OptionRow, SECTIONS, type SectionDoc } from '../config/spec/config-spec.ts'
import { type JsonSchema, objectOf, optionSchema } from './json-schema-options.ts'

/**
 * The JSON Schema of a configuration file, for editors, made from the specification in src/config/spec and nothing
 * else. Draft 7, which every editor's YAML support reads.
 *
 * It takes whatever the loader takes: a variable stands for any value, and what may stand in another file of the same
 * folder is not asked for. What takes a look at the whole, such as a destination that does not exist, `bellhop check`
 * says.
 */
export function configurationSchema(): JsonSchema {
  const general = SECTIONS.find(({ title }) => title === '')
  const named = SECTIONS.filter(({ title }) => /^[a-z_]+(?:\[\]|\.<id>)?$/.test(title))
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'bellhop configuration',
    type: 'object',
    additionalProperties: false,
    properties: {
      ...Object.fromEntries(named.map((section) => [nameOf(section), sectionSchema(section)])),
      ...propertiesOf(general?.options ?? []),
    },
  }
}

function nameOf({ title }: SectionDoc): string {
  return title.replace(/\[\]$|\.<id>$/, '')
}

/** A section that is empty is as good as none. */
function sectionSchema({ title, about, options }: SectionDoc): JsonSchema {
  const described = { description: about }
  if (title.endsWith('[]')) {
    return { ...described, type: ['array', 'null'], items: objectOf(options.map(propertyOf)) }
  }
  if (title.endsWith('.<id>')) {
    const entry = { ...objectOf(options.map(propertyOf)), ...kindsOf(title) }
    const propertyNames = { pattern: '^[A-Za-z0-9_.-]+$' }
    return { ...described, type: ['object', 'null'], propertyNames, additionalProperties: entry }
  }
  // Options of a section may stand in several files, so none of them is required in this one.
  const { required: _, ...section } = objectOf(options.map(propertyOf))
  return { ...described, ...section, type: ['object', 'null'] }
}

/** src/config/resolve-destinations.ts: what each kind of destination needs. */
function kindsOf(title: string): JsonSchema {
  if (title !== 'destinations.<id>') return {}
  const kinds = [['webhook_url'], ['token', 'channel'], ['type']]
  return { anyOf: kinds.map((required) => ({ required })) }
}

function propertiesOf(options: readonly OptionRow[]): Record<string, JsonSchema> {
  return Object.fromEntries(options.map(propertyOf))
}

function propertyOf({ name, schema, doc }: OptionRow): [string, JsonSchema, OptionRow['schema']] {
  return [name, optionSchema(schema, doc), schema]
}
