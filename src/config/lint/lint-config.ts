import type { Config } from '../config.ts'
import type { Report } from '../report.ts'
import { nodeAt, type Path } from '../tree.ts'
import { describeContent, hasLink, hasOwner, type SentAction } from './message-rules.ts'
import { readTrigger } from './trigger-rules.ts'

export interface LintInput {
  config: Config
  report: Report
  /** Ids of the actions of which a test expects something; null where that is not known. */
  tested: ReadonlySet<string> | null
}

interface Placed extends SentAction {
  path: Path
}

/**
 * Warns of what is right and most likely not meant. What is disabled is not looked at. The work grows with the
 * number of actions, never with its square.
 */
export function lintConfig(input: LintInput): void {
  const { config, report } = input
  const isOn = (id: string) => config.destinations.get(id)?.enabled === true
  const enabled = config.actions
    .map((action, index): Placed => {
      return { action, destinations: action.destinations.filter(isOn), path: ['actions', index] }
    })
    .filter(({ action }) => action.enabled)
  for (const placed of enabled) {
    lintTrigger(placed, report)
    lintMessage(placed, input)
  }
  lintSameTexts(enabled, report)
  lintCrowds(enabled, input)
  lintIgnores(report)
}

function lintTrigger({ action, path }: Placed, { lints }: Report): void {
  const at = [...path, 'trigger']
  const { busyCall, lacksAnchor } = readTrigger(action.trigger)
  if (busyCall !== null) {
    const message = `asks for nothing but type and event, so every ${busyCall} call is a message, thousands a day; add a condition`
    lints.warn('busy-call', at, message)
  }
  if (lacksAnchor) {
    const message =
      'requires no type, event or other value, so every event of every topic is parsed for it; begin with type = "..." and'
    lints.warn('no-anchor', at, message)
  }
}

function lintMessage(placed: Placed, { report: { lints }, tested }: LintInput): void {
  const { action, destinations, path } = placed
  if (!hasLink(placed)) {
    lints.warn('no-link', path, 'has no link: whoever acts on it has to search for the record first')
  }
  if (!hasOwner(placed)) {
    const message = 'has neither owner nor next_step: everyone who reads it thinks that someone else acts'
    lints.warn('no-owner', path, message)
  }
  const canBeTested = destinations.length > 0
  if (canBeTested && tested?.has(action.id) === false) {
    const message = 'has no test: a change that breaks it is noticed when its messages are missed'
    lints.warn('no-test', path, message)
  }
}

/** Said of the later one. */
function lintSameTexts(actions: readonly Placed[], { lints }: Report): void {
  const first = new Map<string, string>()
  for (const { action, destinations, path } of actions) {
    for (const destination of destinations) {
      const content = describeContent(action, destination)
      const earlier = first.get(content)
      if (earlier === undefined) {
        first.set(content, action.id)
        continue
      }
      const message = `sends the same text to ${destination} as ${earlier}: nobody can tell which of the two fired`
      lints.warn('same-text', [...path, 'message'], message)
      break
    }
  }
}

/** More is a channel that nobody reads to the end. */
const MAX_ACTIONS = 10

function lintCrowds(actions: readonly Placed[], { config, report }: LintInput): void {
  const feeding = new Map<string, number>()
  for (const id of actions.flatMap(({ destinations }) => destinations)) {
    feeding.set(id, (feeding.get(id) ?? 0) + 1)
  }
  const indexes = new Map(config.actions.map(({ id }, index) => [id, index]))
  for (const [id, count] of feeding) {
    if (count <= MAX_ACTIONS) continue
    const isNamed = nodeAt(report.root, ['destinations', id]) !== undefined
    const path: Path = isNamed ? ['destinations', id] : ['actions', indexes.get(id) ?? 0]
    const message = `is fed by ${count} actions: a channel that says everything is muted; part it by who acts`
    report.lints.warn('crowded-destination', path, message)
  }
}

/** Last, when it is known what was silenced. */
function lintIgnores({ root, lints }: Report): void {
  for (const { holder, rule, nth } of lints.idle()) {
    const at = [...holder, 'ignore']
    const path = nodeAt(root, at)?.kind === 'list' ? [...at, nth] : at
    const message = `${rule} silences nothing here: take it out, or it hides what comes later`
    lints.warn('unused-ignore', path, message)
  }
}
