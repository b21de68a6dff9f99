import * as z from 'zod'
import type { Path } from '../tree.ts'
import { actionShape } from './action.ts'
import { destinationShape } from './destination.ts'
import { eventMapShape, eventsShape, kafkaShape, saslShape, topicsShape } from './kafka.ts'
import { defaulted, listOf, OPTION_DOCS, type OptionDoc, optional, type Written } from './option.ts'
import { playbookDefaultsShape } from './playbook.ts'
import { coalesceShape } from './policy.ts'
import { registryShape } from './registry.ts'
import { hostPort, httpToken, text } from './scalar.ts'
import { canaryShape, notifyShape } from './sentinel.ts'
import { slackShape } from './slack.ts'
import { destinationTlsShape, kafkaTlsShape } from './tls.ts'

/** The whole configuration, option by option: loading, excerpts, suggestions and documentation read this and nothing else. */
const generalShape = {
  integration_names: defaulted(listOf(text()), ['Slack', 'Actions Slack'], {
    type: 'list of text',
    description:
      "Which keys of an event's `integrations` object mean bellhop: `{Slack: false}`, or `{All: false}` without `Slack: true`, sends nothing.",
    example: '[Slack]',
  }),
  http: defaulted(hostPort(), '127.0.0.1:9464', {
    type: 'host:port',
    description: 'What `bellhop run` serves /metrics, /healthz and /readyz on. Port 0 chooses a free one.',
    example: '0.0.0.0:9464',
  }),
  http_token: optional(httpToken(), {
    type: 'text',
    description:
      'What a browser or script must show for the pages, where `http` is not on loopback; /metrics, /healthz and /readyz never ask for it.',
    example: '${file:/run/secrets/bellhop_http_token}',
    otherwise: 'the pages are served on loopback alone',
    secret: true,
  }),
}

export const generalSpec = sectionSpec(generalShape)
export const kafkaSpec = sectionSpec(kafkaShape)
export const registrySpec = sectionSpec(registryShape)
export const slackSpec = sectionSpec(slackShape)
export const destinationSpec = sectionSpec(destinationShape)
export const actionSpec = sectionSpec(actionShape)
export const canarySpec = sectionSpec(canaryShape)
export const notifySpec = sectionSpec(notifyShape)

/** A section's options: all of them, and such as are right where others are wrong. */
function sectionSpec<S extends z.ZodRawShape>(shape: S) {
  const whole = z.strictObject(shape)
  return { whole, partial: whole.partial() }
}

/** The keys of a configuration file that hold sections. */
export const SECTION_KEYS = [
  'kafka',
  'registry',
  'slack',
  'destinations',
  'actions',
  'canary',
  'notify',
] as const

export interface SectionDoc {
  /** As a person writes it: `kafka.events[]`, `destinations.<id>`. */
  title: string
  /** Option paths without list indexes, `*` for an id. */
  path: string
  about: string
  options: readonly OptionRow[]
}

export interface OptionRow {
  name: string
  doc: OptionDoc & { default?: Written }
  schema: z.ZodType
}

export const SECTIONS: readonly SectionDoc[] = [
  describeSection({ title: 'kafka', about: 'The cluster, and what is read from it.' }, kafkaShape),
  describeSection({ title: 'kafka.events[]', about: 'One topic of events.' }, eventsShape),
  describeSection(
    {
      title: 'kafka.events[].map',
      about: 'Where the fields of an event stand in records that do not follow the Segment spec.',
    },
    eventMapShape,
  ),
  describeSection(
    { title: 'kafka.tls', about: 'Certificates, where `tls: true` is not enough.' },
    kafkaTlsShape,
  ),
  describeSection({ title: 'kafka.sasl', about: 'Login.' }, saslShape),
  describeSection(
    {
      title: 'kafka.topics',
      about:
        'The topics dispatch, receipts and dead-letters, named after the prefix. Beside them stand controls and status: compacted, with one partition each.',
    },
    topicsShape,
  ),
  describeSection(
    {
      title: 'registry',
      about:
        'The schema registry, for events in Avro; where it is set, bellhop writes its own topics in Avro too.',
    },
    registryShape,
  ),
  describeSection(
    {
      title: 'slack',
      about: 'What holds for all destinations; the last six may stand on each of them too.',
    },
    slackShape,
  ),
  describeSection({ title: 'slack.coalesce', about: 'Limits of a joint post.' }, coalesceShape),
  describeSection(
    {
      title: 'destinations.<id>',
      about: 'Where messages go: `webhook_url`, or `token` and `channel`, or `type: blackhole`.',
    },
    destinationShape,
  ),
  describeSection({ title: 'destinations.<id>.coalesce', about: 'As slack.coalesce.' }, coalesceShape),
  describeSection(
    {
      title: 'destinations.<id>.tls',
      about:
        'Whom the connections to this destination trust, and who they say they are; not those to a proxy.',
    },
    destinationTlsShape,
  ),
  describeSection(
    {
      title: 'destinations.<id>.defaults',
      about:
        "What stands under the messages of all its actions. An action's own goes before it; `fields` and `links` are joined, label by label.",
    },
    playbookDefaultsShape,
  ),
  describeSection({ title: 'actions[]', about: 'What is worth a message.' }, actionShape),
  describeSection(
    {
      title: 'canary',
      about: 'A synthetic event that goes all the way, again and again: docs/canary.md.',
    },
    canaryShape,
  ),
  describeSection(
    { title: 'notify', about: 'What bellhop posts about itself: docs/notify.md.' },
    notifyShape,
  ),
  describeSection({ title: '', about: 'Beside the sections.' }, generalShape),
]

function describeSection(named: { title: string; about: string }, shape: z.ZodRawShape): SectionDoc {
  const options = Object.entries(shape).map(([name, schema]) => {
    if (!(schema instanceof z.ZodType)) throw new TypeError(`${named.title}.${name} is no zod schema`)
    const doc = OPTION_DOCS.get(schema)
    if (doc === undefined) throw new TypeError(`${named.title}.${name} has no documentation`)
    return { name, doc, schema }
  })
  return { ...named, path: named.title.replace('[]', '').replace('<id>', '*'), options }
}

/** `['destinations', 'sales', 'rate']` is `destinations.*.rate`; list indexes are left out. */
function specPath(path: Path): string {
  let inside = ''
  for (const [index, step] of path.entries()) {
    if (typeof step === 'number') continue
    const name = index === 1 && path[0] === 'destinations' ? '*' : step
    inside = index === 0 ? name : `${inside}.${name}`
  }
  return inside
}

const DOC_BY_PATH: ReadonlyMap<string, OptionDoc> = new Map(
  SECTIONS.flatMap((section) =>
    section.options.map(
      ({ name, doc }) => [section.path === '' ? name : `${section.path}.${name}`, doc] as const,
    ),
  ),
)

/** What is known of the option at a path; undefined where there is no such option. */
export function optionDocAt(path: Path): OptionDoc | undefined {
  return DOC_BY_PATH.get(specPath(path)) ?? DOC_BY_PATH.get(specPath(path.slice(0, -1)))?.each
}

/** The names of the options that may stand in the map at a path. */
export function optionNamesAt(path: Path): readonly string[] {
  const names = optionsAt(path).map(({ name }) => name)
  return path.length === 0 ? [...SECTION_KEYS, ...names] : names
}

/** Whether a map belongs at a path in which some option is a secret. */
export function holdsSecrets(path: Path): boolean {
  return HOLDING_PATHS.has(specPath(path))
}

const HOLDING_PATHS: ReadonlySet<string> = new Set(
  SECTIONS.filter(({ options }) => isHolder(options)).map(({ path }) => path),
)

function isHolder(options: readonly OptionRow[]): boolean {
  return options.some(({ doc }) => doc.secret === true)
}

function optionsAt(path: Path): readonly OptionRow[] {
  const inside = specPath(path)
  return SECTIONS.find((section) => section.path === inside)?.options ?? []
}

/** Maps that hold secrets. */
const HOLDERS = SECTIONS.filter(({ options }) => isHolder(options)).map(
  ({ path }) => path.split('.').at(-1) ?? '',
)

/** Names under which no option anywhere is a secret or holds one. */
export const PUBLIC_NAMES: ReadonlySet<string> = namesOf((options) =>
  options.every(({ name, doc }) => doc.secret !== true && !HOLDERS.includes(name)),
)

/** Options whose text is in a language of its own. */
export const VERBATIM_NAMES: ReadonlySet<string> = namesOf((options) =>
  options.some(({ doc }) => doc.verbatim === true),
)

/** Options that hold a map of labels, whose texts are in a language of their own. */
export const LABELLED_NAMES: ReadonlySet<string> = namesOf((options) =>
  options.some(({ doc }) => doc.each?.verbatim === true),
)

/** Every option's name, wherever it stands. */
export const OPTION_NAMES: ReadonlySet<string> = new Set([...SECTION_KEYS, ...namesOf(() => true)])

/** The names all of whose options, in all sections, satisfy a condition. */
function namesOf(holds: (options: readonly OptionRow[]) => boolean): ReadonlySet<string> {
  const byName = Map.groupBy(
    SECTIONS.flatMap((section) => section.options),
    ({ name }) => name,
  )
  return new Set([...byName].filter(([, options]) => holds(options)).map(([name]) => name))
}
