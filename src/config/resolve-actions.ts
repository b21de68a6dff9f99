import { checkTemplate, checkTrigger } from './check-templates.ts'
import type { Action, Destination, EventsTopic, WebhookDestination } from './config.ts'
import { type Report, thereIsNo } from './report.ts'
import { appearanceOf, type ResolvedDestinations } from './resolve-destinations.ts'
import { playbooksOf, resolvePlaybook } from './resolve-playbook.ts'
import { checkOrigin, type ResolvedSlack, WEBHOOK_ORIGINS } from './resolve-slack.ts'
import { fileAndLine } from './source.ts'
import { actionSpec } from './spec/config-spec.ts'
import { DEFAULT_USERNAME } from './spec/destination.ts'
import { UNKNOWN_TOPIC } from './spec/kafka.ts'
import { isPlainName, suggestion } from './suggestion.ts'
import { keyPlaceAt, nodeAt, type Path, placeAt, UNSET } from './tree.ts'
import { readSection } from './validate.ts'

/** What actions refer to. */
export interface ActionSurroundings {
  slack: ResolvedSlack
  named: ResolvedDestinations
  events: readonly EventsTopic[]
}

export interface ResolvedActions {
  actions: readonly Action[]
  /** Those that actions carry themselves, under the actions' ids. */
  destinations: ReadonlyMap<string, WebhookDestination>
}

type Written = ReturnType<typeof readAction>

interface Known extends ActionSurroundings {
  /** Of all destinations, actions' own included. */
  ids: readonly string[]
  /** Those that actions carry themselves. */
  own: ReadonlyMap<string, WebhookDestination>
}

interface WrittenAction {
  written: Written
  path: Path
}

/** The section `actions`. */
export function resolveActions(report: Report, surroundings: ActionSurroundings): ResolvedActions {
  const all = actionPaths(report).map((path) => ({ path, written: readAction(report, path) }))
  checkIds(all, report)
  const own = all
    .map((action) => ownDestination(action, surroundings, report))
    .filter((found) => found !== null)
  const destinations = new Map(own.map((destination) => [destination.id, destination]))
  const ids = [...surroundings.named.ids, ...destinations.keys()]
  const actions = all.map((action) =>
    resolveAction(action, { ...surroundings, ids, own: destinations }, report),
  )
  return { actions, destinations }
}

function readAction(report: Report, path: Path) {
  return readSection(actionSpec, path, report)
}

function actionPaths(report: Report): Path[] {
  const node = nodeAt(report.root, ['actions'])
  if (node?.kind === 'list') {
    const paths = node.items.map((_, index): Path => ['actions', index])
    return paths.filter((path) => isMap(path, report))
  }
  const isEmpty = node === undefined || (node.kind === 'scalar' && node.text === null)
  if (!isEmpty) report.error(['actions'], 'must be a list of actions, each beginning with "- id:"')
  return []
}

function isMap(path: Path, report: Report): boolean {
  const isRight = nodeAt(report.root, path)?.kind === 'map'
  if (!isRight) report.error(path, 'must be a map with id, trigger, message and destination')
  return isRight
}

/** See src/core/own-actions.ts. */
const RESERVED = 'bellhop.'

function checkIds(all: readonly WrittenAction[], report: Report): void {
  const first = new Map<string, Path>()
  for (const { written, path } of all) {
    if (written.id === undefined) continue
    if (written.id.startsWith(RESERVED)) {
      report.error([...path, 'id'], `ids that begin with "${RESERVED}" are bellhop's own: choose another`)
    }
    const earlier = first.get(written.id)
    if (earlier === undefined) first.set(written.id, [...path, 'id'])
    else
      report.error(
        [...path, 'id'],
        `another action has this id already, in ${fileAndLine(placeAt(report.root, earlier))}`,
      )
  }
}

/** An action with a webhook of its own is a destination too. */
function ownDestination(
  { written, path }: WrittenAction,
  { slack, named }: ActionSurroundings,
  report: Report,
): WebhookDestination | null {
  const { id, webhook_url: url } = written
  if (url === undefined || id === undefined) return null
  checkOrigin(
    { url: url.reveal(), known: WEBHOOK_ORIGINS, path: [...path, 'webhook_url'] },
    slack.slack,
    report,
  )
  if (named.ids.includes(id)) {
    const place = fileAndLine(keyPlaceAt(report.root, ['destinations', id]))
    report.error(
      [...path, 'id'],
      `with a webhook_url of its own the action is a destination, and one of this id stands in ${place} already`,
    )
  }
  const appearance = appearanceOf(written, DEFAULT_USERNAME)
  return {
    id,
    enabled: true,
    policy: slack.policy,
    type: 'webhook',
    url,
    channel: written.channel ?? null,
    appearance,
    tls: null,
  }
}

function resolveAction({ written, path }: WrittenAction, known: Known, report: Report): Action {
  const { id = '', trigger = '', message = '' } = written
  report.lints.ignore(path, written.enabled === false ? 'all' : (written.ignore ?? []))
  if (isGiven(report, [...path, 'trigger'], written.trigger))
    checkTrigger(trigger, [...path, 'trigger'], report)
  if (isGiven(report, [...path, 'message'], written.message))
    checkTemplate({ text: message, path: [...path, 'message'], slot: 'message' }, report)
  const isOwn = nodeAt(report.root, [...path, 'webhook_url']) !== undefined
  const destinations = isOwn ? ownOnly(id, path, report) : destinationsOf({ written, path }, known, report)
  const playbook = resolvePlaybook(written, path, report)
  const playbooks = playbooksOf(playbook, destinationsNamed(destinations, known), known.named.defaults)
  return {
    id,
    enabled: written.enabled ?? true,
    trigger,
    message,
    ...(playbooks.size === 0 ? {} : { playbooks }),
    destinations,
    topics: topicsOf({ written, path }, known, report),
    channel: isOwn ? null : (written.channel ?? null),
    username: isOwn ? null : (written.username ?? null),
    iconUrl: isOwn ? null : (written.icon_url ?? null),
    iconEmoji: isOwn ? null : (written.icon_emoji ?? null),
  }
}

function destinationsNamed(ids: readonly string[], { named, own }: Known): Destination[] {
  return ids.map((id) => named.destinations.get(id) ?? own.get(id)).filter((found) => found !== undefined)
}

/** Not where YAML misread the text: that is reported, and the text is not what was written. */
function isGiven(report: Report, path: Path, written: string | undefined): boolean {
  const node = nodeAt(report.root, path)
  return written !== undefined && node?.kind === 'scalar' && node.value !== UNSET
}

function ownOnly(id: string, path: Path, report: Report): string[] {
  if (nodeAt(report.root, [...path, 'destination']) !== undefined) {
    report.error(
      [...path, 'destination'],
      'cannot stand beside webhook_url: an action has one or the other',
      'key',
    )
  }
  return [id]
}

/** Ids that exist; those that do not are reported. */
function destinationsOf(
  { written, path }: WrittenAction,
  { ids, named }: Known,
  report: Report,
): readonly string[] {
  const at = [...path, 'destination']
  if (nodeAt(report.root, at) === undefined) {
    if (named.ids.length !== 1) report.error(path, whichDestination(named.ids))
    return named.ids.slice(0, 1)
  }
  const wanted = written.destination ?? []
  const existing = knownOnly({ wanted, known: ids, at, what: 'destination' }, report)
  return existing.length > 0 ? existing : ids.slice(0, 1)
}

function whichDestination(ids: readonly string[]): string {
  if (ids.length === 0) return 'has no destination: add one under destinations, or a webhook_url here'
  return `destination is missing, and there are several: ${ids.filter(isPlainName).join(', ')}`
}

function topicsOf(
  { written, path }: WrittenAction,
  { events }: Known,
  report: Report,
): readonly string[] | null {
  if (written.topics === undefined) return null
  const known = events.map(({ topic }) => topic)
  const isUnsure = known.length === 0 || known.includes(UNKNOWN_TOPIC)
  if (isUnsure) return written.topics
  return knownOnly(
    { wanted: written.topics, known, at: [...path, 'topics'], what: 'topic of kafka.events' },
    report,
  )
}

interface References {
  wanted: readonly string[]
  known: readonly string[]
  at: Path
  what: string
}

function knownOnly({ wanted, known, at, what }: References, report: Report): string[] {
  const isList = nodeAt(report.root, at)?.kind === 'list'
  return wanted.filter((name, index) => {
    const path = isList ? [...at, index] : at
    const isRepeated = wanted.indexOf(name) < index
    if (isRepeated) report.error(path, 'this is in the list already')
    if (!known.includes(name))
      report.error(path, `${thereIsNo(what, name, { report, path })}${suggestion(name, known)}`)
    return known.includes(name) && !isRepeated
  })
}
