import { checkTemplate } from './check-templates.ts'
import type { Destination, Playbook } from './config.ts'
import type { Report } from './report.ts'
import { nodeAt, type Path } from './tree.ts'

/** What an action or a destination's `defaults` says; null stands for what is not written at all. */
export interface PartialPlaybook {
  why: string | null
  fields: ReadonlyMap<string, string>
  links: ReadonlyMap<string, string>
  nextStep: string | null
  owner: string | null
  /** `off` takes the destination's away. */
  slaMs: number | 'off' | null
}

/** The templates at a path, checked. `sla` is null for `off`. */
export function resolvePlaybook(
  { sla }: { sla?: number | null | undefined },
  path: Path,
  report: Report,
): PartialPlaybook {
  return {
    why: readLine(report, [...path, 'why']),
    fields: readLabels(report, [...path, 'fields'], 'line'),
    links: readLabels(report, [...path, 'links'], 'link'),
    nextStep: readLine(report, [...path, 'next_step']),
    owner: readLine(report, [...path, 'owner']),
    slaMs: sla === null ? 'off' : (sla ?? null),
  }
}

function readLine(report: Report, path: Path): string | null {
  const text = textAt(report, path)
  if (text !== null) checkSlot(report, { text, path, slot: 'line' })
  return text
}

const LABEL = /^[^\p{Cc}\u2028\u2029]*\S[^\p{Cc}\u2028\u2029]*$/u

/** In the order they are written, which a plain object would not keep of labels that are numbers. */
function readLabels(report: Report, path: Path, slot: 'line' | 'link'): ReadonlyMap<string, string> {
  const node = nodeAt(report.root, path)
  const texts = new Map<string, string>()
  if (node?.kind !== 'map') return texts
  for (const label of node.entries.keys()) {
    const at = [...path, label]
    if (!LABEL.test(label)) report.error(at, 'a label is text on one line', 'key')
    else if (texts.has(label.trim())) report.error(at, 'this label is there already', 'key')
    const text = textAt(report, at)
    if (text === null) continue
    checkSlot(report, { text, path: at, slot })
    texts.set(label.trim(), text)
  }
  return texts
}

/** Null where it is missing or wrong, which the specification has reported. */
function textAt(report: Report, path: Path): string | null {
  const node = nodeAt(report.root, path)
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : null
}

function checkSlot(report: Report, template: { text: string; path: Path; slot: 'line' | 'link' }): void {
  const node = nodeAt(report.root, template.path)
  if (node?.kind === 'scalar' && node.cutByComment) {
    report.error(template.path, 'YAML takes the # for a comment: quote it or use >-')
  } else checkTemplate(template, report)
}

/** By destination; one object for all that have no defaults. Disabled ones and those without any part are left out. */
export function playbooksOf(
  own: PartialPlaybook,
  destinations: readonly Destination[],
  defaults: ReadonlyMap<string, PartialPlaybook>,
): ReadonlyMap<string, Playbook> {
  const plain = toPlaybook(own)
  const playbooks = new Map<string, Playbook>()
  for (const { id, enabled } of destinations) {
    const behind = defaults.get(id)
    const playbook = behind === undefined ? plain : toPlaybook(merge(own, behind))
    if (enabled && !isEmpty(playbook)) playbooks.set(id, playbook)
  }
  return playbooks
}

function merge(own: PartialPlaybook, behind: PartialPlaybook): PartialPlaybook {
  return {
    why: own.why ?? behind.why,
    fields: join(own.fields, behind.fields),
    links: join(own.links, behind.links),
    nextStep: own.nextStep ?? behind.nextStep,
    owner: own.owner ?? behind.owner,
    slaMs: own.slaMs ?? behind.slaMs,
  }
}

/** The action's own first: what does not fit is cut from the end. */
function join(own: ReadonlyMap<string, string>, behind: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...own, ...[...behind].filter(([label]) => !own.has(label))])
}

function toPlaybook({ why, fields, links, nextStep, owner, slaMs }: PartialPlaybook): Playbook {
  return {
    why: orNull(why),
    fields: withoutBlank(fields),
    links: withoutBlank(links),
    nextStep: orNull(nextStep),
    owner: orNull(owner),
    slaMs: slaMs === 'off' ? null : slaMs,
  }
}

function orNull(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text
}

function withoutBlank(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...texts].filter(([, text]) => text.trim() !== ''))
}

function isEmpty({ why, fields, links, nextStep, owner, slaMs }: Playbook): boolean {
  return (why ?? nextStep ?? owner ?? slaMs) === null && fields.size === 0 && links.size === 0
}
