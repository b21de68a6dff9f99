import { stringify } from 'yaml'
import { quoted } from './init-text.ts'

/** The two files that `bellhop init` writes. */
export interface InitFiles {
  config: string
  tests: string
}

export interface InitSource {
  brokers: string
  topic: string
  /** Null: the events are JSON. */
  registry: string | null
}

/** The destination that both files name. */
export const DESTINATION = 'slack'

export interface Test {
  name: string
  event: unknown
  expect: unknown
}

export function testFile(tests: readonly Test[]): string {
  return `# Events, and the messages they are to give: bellhop test runs them.
# Written by bellhop init; every value of the events is made up.
${stringify({ tests }, { lineWidth: 0, aliasDuplicateObjects: false })}`
}

/** All that stands above the actions. `from` says what it was made of, `map` is what belongs to the topic. */
export function headOfConfig(from: string, { brokers, topic, registry }: InitSource, map = ''): string {
  const isAvro = registry !== null
  return `# Written by bellhop init${from}. It is yours now: change what you like.
# What it holds, and everything that is wrong with it: bellhop check. Every option: docs/configuration.md.
kafka:
  brokers: ${plainOrQuoted(`\${KAFKA_BROKERS:-${brokers}}`)}
  events:
    - topic: ${quoted(topic)}
${isAvro ? '      format: avro\n' : ''}${map}      # start: earliest        # the first time; without it only what comes from then on
${isAvro ? `registry:\n  url: ${plainOrQuoted(`\${SCHEMA_REGISTRY_URL:-${registry}}`)}\n` : ''}destinations:               # where messages go
  ${DESTINATION}:
    # An incoming webhook, https://hooks.slack.com/services/...; or the token of a Slack app and a channel.
    webhook_url: \${SLACK_WEBHOOK_URL}
    # token: \${SLACK_TOKEN}
    # channel: "#alerts"
actions:                    # what is worth a message
`
}

/** Between \${ and } nothing needs quotes but what YAML would take for something else. */
function plainOrQuoted(text: string): string {
  return /^[\w${}:./,-]+$/.test(text) ? text : quoted(text)
}
