import type { Call, Field } from './init-survey.ts'

/** The pieces of a configuration that are made of what a topic holds: quoted so that any name is read as itself. */

/** Characters that YAML, a terminal or a reader would stumble over. */
const UNUSUAL = /[^\P{C}]|[\p{Zl}\p{Zp}]|[^\S ]/gu

/** One line of text for a comment. */
export function forComment(text: string): string {
  return text.replaceAll(UNUSUAL, ' ').replaceAll(/\s+/g, ' ').trim()
}

/** In double quotes, which hold any text. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(UNUSUAL, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

/** As the value of a key that is indented by `indent`: plain on a line of its own where that says the same. */
export function block(text: string, indent: string): string {
  const isPlain = text === text.trim() && !text.includes('  ') && text.search(UNUSUAL) === -1
  return isPlain ? `>-\n${indent}  ${text}` : quoted(text)
}

/** The trigger of a call. FQL's texts know no escapes: a name with both kinds of quotes is matched around them. */
export function triggerOf({ type, name }: Pick<Call, 'type' | 'name'>): string {
  if (name === null) return `type = "${type}"`
  if (!name.includes('"')) return `type = "${type}" and event = "${name}"`
  if (!name.includes("'")) return `type = "${type}" and event = '${name}'`
  const pattern = name.replaceAll(/[\\*?[\]]/g, '\\$&').replaceAll('"', '?')
  return `type = "${type}" and match(event, "${pattern}")`
}

/** What a person calls it. */
export function titleOf({ type, name }: Pick<Call, 'type' | 'name'>): string {
  return name ?? type
}

const MOST_ID_LENGTH = 60

/** An id from a name, another one each time. */
export function createIds(): (call: Pick<Call, 'type' | 'name'>) => string {
  const taken = new Set<string>()
  return (call) => {
    const words = titleOf(call).normalize('NFKD').toLowerCase().replaceAll(/\p{M}/gu, '')
    const slug = words.replaceAll(/[^a-z0-9]+/g, '-').slice(0, MOST_ID_LENGTH)
    const bare = slug.replaceAll(/^-+|-+$/g, '')
    // YAML takes the word null for nothing.
    const base = bare === '' || bare === 'null' ? `${bare || call.type}-event` : bare
    let id = base
    for (let nth = 2; taken.has(id); nth += 1) id = `${base}-${nth}`
    taken.add(id)
    return id
  }
}

/** Liquid for a field, or null where its name would need more than a plain path. */
export function pathOf({ path }: Pick<Field, 'path'>): string | null {
  return path.every((name) => /^[A-Za-z_]\w*$/.test(name)) ? `$.${path.join('.')}` : null
}

/** `properties.total: number, in 7 of 12`. */
export function describeField({ path, types, count }: Field, of: number): string {
  const often = count === of ? 'always' : `in ${count} of ${of}`
  return `${forComment(path.join('.'))}: ${types.join(' or ')}, ${often}`
}
