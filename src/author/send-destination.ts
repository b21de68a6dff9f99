import type { Destination } from '../config/config.ts'
import { expandVariables } from '../config/expand.ts'
import { findConfigFiles, readText } from '../config/files.ts'
import { loadConfig, type Problem } from '../config/load.ts'
import { createMask } from '../config/mask.ts'
import { mergeFiles } from '../config/merge.ts'
import { inOrder, toProblem } from '../config/problem.ts'
import { createReport } from '../config/report.ts'
import { resolveConfig } from '../config/resolve.ts'
import { type ConfigNode, childAt, type MapEntry, type MapNode, nodeAt } from '../config/tree.ts'
import { parseSource } from '../config/yaml-source.ts'

/** One destination with its secrets, out of a configuration of which nothing else has to be there. */
export type ChosenDestination =
  | { kind: 'chosen'; destination: Destination }
  | { kind: 'unknown'; known: readonly string[] }
  /** `own`: only of what the destination itself needs, such as a variable that is not set. */
  | { kind: 'invalid'; own: boolean; problems: readonly Problem[] }

type Env = Record<string, string | undefined>

/**
 * The whole configuration is checked as `check` does it, without secrets; then the destination alone with them, so
 * that a variable that is not set elsewhere stops nobody.
 */
export async function chooseDestination(path: string, id: string, env: Env): Promise<ChosenDestination> {
  const loaded = await loadConfig(path, { env, secrets: 'optional' })
  if (loaded.kind === 'invalid') return { kind: 'invalid', own: false, problems: loaded.problems }
  const known = [...loaded.config.destinations.keys()]
  if (!known.includes(id)) return { kind: 'unknown', known }
  const root = narrowed(await readMerged(path), id)
  const expanded = await expandVariables(root, { env, secrets: 'required' })
  const report = createReport(expanded.root)
  const config = await resolveConfig(report, loaded.config.version, 'required')
  const errors = [...expanded.errors, ...report.errors]
  if (errors.length > 0) {
    const mask = createMask([root, expanded.root], [])
    const problems = inOrder(errors.map((error) => toProblem(error, mask)))
    return { kind: 'invalid', own: true, problems }
  }
  const destination = config.destinations.get(id)
  return destination === undefined ? { kind: 'unknown', known } : { kind: 'chosen', destination }
}

/** As loadConfig has just read it; a file that changed in between is an error of the moment. */
async function readMerged(path: string): Promise<MapNode> {
  const found = await findConfigFiles(path)
  const files = found.kind === 'found' ? found.files : []
  const roots: MapNode[] = []
  for (const file of files) {
    const read = await readText(file)
    const root = read.kind === 'read' ? parseSource({ file, text: read.text }).root : null
    if (root !== null) roots.push(root)
  }
  const [first, ...others] = roots
  if (first === undefined) throw new Error(`${path} changed while it was read`)
  return mergeFiles(first, others).root
}

/** Stands for the section that has to be there and that no post needs. */
const SOME_KAFKA = parseSource({
  file: '',
  text: 'kafka: { brokers: "localhost:9092", events: [events] }',
}).root

/** What a post to a destination depends on: `slack`, and itself, be it an action's own. */
function narrowed(root: MapNode, id: string): MapNode {
  const entries = new Map<string, MapEntry>()
  const keep = (name: string, from: MapNode | null, value?: ConfigNode): void => {
    const entry = from?.entries.get(name)
    if (entry !== undefined) entries.set(name, value === undefined ? entry : { ...entry, value })
  }
  keep('kafka', SOME_KAFKA)
  keep('slack', root)
  const named = nodeAt(root, ['destinations'])
  const destination = named?.kind === 'map' ? named.entries.get(id) : undefined
  if (named?.kind === 'map' && destination !== undefined) {
    keep('destinations', root, { ...named, entries: new Map([[id, destination]]) })
  } else {
    const actions = nodeAt(root, ['actions'])
    if (actions?.kind !== 'list') return { ...root, entries }
    const own = actions.items.filter((item) => isNamed(item, id))
    // An id may come out of a variable: then all of them are looked at.
    const items = own.length > 0 ? own : actions.items
    keep('actions', root, { ...actions, items: items.map(withoutTopics) })
  }
  return { ...root, entries }
}

function isNamed(action: ConfigNode, id: string): boolean {
  const node = childAt(action, 'id')
  return node?.kind === 'scalar' && node.text?.trim() === id
}

/** They name topics of the section that is left out. */
function withoutTopics(action: ConfigNode): ConfigNode {
  if (action.kind !== 'map') return action
  return { ...action, entries: new Map([...action.entries].filter(([key]) => key !== 'topics')) }
}
