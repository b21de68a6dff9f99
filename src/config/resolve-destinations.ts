import type { Appearance, Destination, DestinationTls } from './config.ts'
import type { Report } from './report.ts'
import { refuseUselessTls, resolveDestinationTls } from './resolve-destination-tls.ts'
import { type PartialPlaybook, resolvePlaybook } from './resolve-playbook.ts'
import { checkOrigin, mergePolicy, type ResolvedSlack, WEBHOOK_ORIGINS } from './resolve-slack.ts'
import { destinationSpec } from './spec/config-spec.ts'
import { DEFAULT_USERNAME } from './spec/destination.ts'
import { type ConfigNode, nodeAt, type Path } from './tree.ts'
import { readSection } from './validate.ts'

type Written = ReturnType<typeof readDestination>

export interface ResolvedDestinations {
  /** Those in which nothing is wrong. */
  destinations: ReadonlyMap<string, Destination>
  /** All that are written down, in their order. */
  ids: readonly string[]
  /** Of those that have any. */
  defaults: ReadonlyMap<string, PartialPlaybook>
}

export interface DestinationSurroundings {
  slack: ResolvedSlack
  secrets: 'required' | 'optional'
}

/** The section `destinations`. */
export async function resolveDestinations(
  report: Report,
  { slack, secrets }: DestinationSurroundings,
): Promise<ResolvedDestinations> {
  const destinations = new Map<string, Destination>()
  const defaults = new Map<string, PartialPlaybook>()
  const ids = entriesAt(report, ['destinations'])
  for (const id of ids) {
    const path = ['destinations', id]
    if (!/^[A-Za-z0-9_.-]+$/.test(id)) {
      report.error(path, 'an id has letters, digits, "_", "." and "-" only', 'key')
    }
    const written = readDestination(report, path)
    report.lints.ignore(path, written.enabled === false ? 'all' : (written.ignore ?? []))
    if (nodeAt(report.root, [...path, 'defaults'])?.kind === 'map')
      defaults.set(id, resolvePlaybook(written.defaults ?? {}, [...path, 'defaults'], report))
    const reader = { path: [...path, 'tls'], report, secrets }
    const tls = await resolveDestinationTls(written.tls, reader)
    const destination = resolveDestination({ id, written, path, tls }, slack, report)
    if (destination === null) continue
    if (written.tls !== undefined) refuseUselessTls(destination, reader)
    destinations.set(id, destination)
  }
  return { destinations, ids, defaults }
}

function readDestination(report: Report, path: Path) {
  return readSection(destinationSpec, path, report)
}

/** The keys of a map of named things; an empty one has none. */
function entriesAt(report: Report, path: Path): string[] {
  const node: ConfigNode | undefined = nodeAt(report.root, path)
  if (node?.kind === 'map') return [...node.entries.keys()]
  const isEmpty = node === undefined || (node.kind === 'scalar' && node.text === null)
  if (!isEmpty) report.error(path, 'must be a map of ids, each with its options')
  return []
}

interface WrittenDestination {
  id: string
  written: Written
  path: Path
  tls: DestinationTls | null
}

function resolveDestination(
  { id, written, path, tls }: WrittenDestination,
  { slack, methodUrl, policy: all }: ResolvedSlack,
  report: Report,
): Destination | null {
  const { webhook_url: url, token, channel } = written
  const kind = kindOf(report, path)
  const base = { id, enabled: written.enabled ?? true, policy: mergePolicy(written, all) }
  if (kind === 'webhook_url' && url !== undefined) {
    checkOrigin({ url: url.reveal(), known: WEBHOOK_ORIGINS, path: [...path, 'webhook_url'] }, slack, report)
    const appearance = appearanceOf(written, DEFAULT_USERNAME)
    return { ...base, type: 'webhook', url, channel: channel ?? null, appearance, tls }
  }
  if (kind === 'token' && nodeAt(report.root, [...path, 'channel']) === undefined) {
    report.error([...path, 'token'], 'needs channel beside it: where chat.postMessage is to post', 'key')
  }
  if (kind === 'token' && token !== undefined && channel !== undefined) {
    return { ...base, type: 'api', methodUrl, token, channel, appearance: appearanceOf(written, null), tls }
  }
  return kind === 'type' ? { ...base, type: 'blackhole' } : null
}

const KINDS = ['webhook_url', 'token', 'type'] as const

/** Which of the three kinds is written down; anything but one is reported. */
function kindOf(report: Report, path: Path): (typeof KINDS)[number] | null {
  const given = KINDS.filter((name) => nodeAt(report.root, [...path, name]) !== undefined)
  const [kind, second] = given
  if (nodeAt(report.root, path)?.kind === 'list' || isText(report, path)) return null
  if (kind === undefined) {
    report.error(path, 'needs webhook_url, or token and channel, or type: blackhole', 'key')
  } else if (second !== undefined) {
    report.error([...path, second], `cannot stand beside ${kind}: a destination is one or the other`, 'key')
  }
  return kind ?? null
}

/** Which is no destination, and reported as such. */
function isText(report: Report, path: Path): boolean {
  const node = nodeAt(report.root, path)
  return node?.kind === 'scalar' && node.text !== null
}

interface WrittenAppearance {
  username?: string | undefined
  icon_url?: string | undefined
  icon_emoji?: string | undefined
  unfurl_links?: boolean | undefined
}

export function appearanceOf(written: WrittenAppearance, defaultUsername: string | null): Appearance {
  return {
    username: written.username ?? defaultUsername,
    iconUrl: written.icon_url ?? null,
    iconEmoji: written.icon_emoji ?? null,
    unfurlLinks: written.unfurl_links ?? false,
  }
}
