/**
 * The configuration that the demo runs with, as a user would write it, and the channels its destinations lead to.
 * The messages it makes of the scenario's events are those that src/demo/scenario expects.
 */

/** A channel of the demo, reached through one destination. */
export interface DemoChannel {
  /** The destination's id in the configuration. */
  destination: string
  /** As the page shows it, without `#`. */
  name: string
  topic: string
  /** What a post to it is addressed to: the webhook's path, or for chat.postMessage the channel's name. */
  target: string
}

/** What chat.postMessage asks of the demo's Slack app. */
export const DEMO_TOKEN = 'xoxb-demo'

export const DEMO_CHANNELS = [
  webhookChannel('sales', 'kT3vXw9qLr2m', 'Orders worth a round of applause'),
  webhookChannel('hot-leads', null, 'People about to buy, while they are about to'),
  webhookChannel('signups', 'b8ZnQe41yHsd', 'Everyone who just arrived'),
  webhookChannel('growth', 'Wm5pJ0cUa7Rf', 'Upgrades and big companies'),
  webhookChannel('churn-risk', 'x2LgV6tNoK9i', 'Customers who left, and why'),
  webhookChannel('nps', 'Yh4rSq8DzB1e', 'Scores of six and below, and all feedback'),
  webhookChannel('billing', 'u7FkC3wPmT5a', 'Payments that failed more than once'),
  webhookChannel('platform-alerts', 'Ej9sRx6Gv0Qn', 'APIs above 100 errors in five minutes'),
] as const satisfies readonly DemoChannel[]

/** Without a secret the channel is posted to with chat.postMessage. */
function webhookChannel(name: string, secret: string | null, topic: string): DemoChannel {
  const path = `/services/T0DEMO/B0${name.replaceAll('-', '').toUpperCase()}/${secret}`
  return { destination: name, name, topic, target: secret === null ? name : path }
}

/** The topic the demo's events are produced to. */
export function demoEventsTopic(prefix: string): string {
  return `${prefix}.analytics.events`
}

export interface DemoConfigOptions {
  /** `host:port` each. */
  brokers: readonly string[]
  /** Begins the names of all topics and groups. */
  prefix: string
  /** `http://127.0.0.1:3999`: where posts go instead of to Slack. */
  simulatorOrigin: string
  /** Events and bellhop's own records are in Avro; null: in JSON. */
  registryUrl: string | null
}

export function demoConfigYaml(options: DemoConfigOptions): string {
  const { brokers, prefix, simulatorOrigin, registryUrl } = options
  return `# A shop and a SaaS product: what is worth a person's attention goes to the channel of those who care.

kafka:
  brokers: ${JSON.stringify(brokers)}
  prefix: ${JSON.stringify(prefix)}         # begins the names of topics and groups
  events:
    - topic: ${JSON.stringify(demoEventsTopic(prefix))}
      start: earliest${registryUrl === null ? '' : '\n      format: avro                    # each event names its schema in the registry'}
  max_event_bytes: 64KiB
  session_timeout: 6s                 # how long a process that is killed keeps its partitions; the default is 10s

${registryUrl === null ? '' : registryYaml(registryUrl)}slack:
  # With Slack itself these two lines go: its own hosts need no permission.
  allow_origins: [${JSON.stringify(simulatorOrigin)}]
  api_url: ${JSON.stringify(`${simulatorOrigin}/api/chat.postMessage`)}
  coalesce: off                       # one post a message, so that each can be counted

${destinationsYaml(simulatorOrigin)}
${ACTIONS_YAML}`
}

/** In real life an app's schema may take longer to appear: the default is 30s. */
function registryYaml(url: string): string {
  return `registry:                             # bellhop's own topics are in Avro too
  url: ${JSON.stringify(url)}
  unknown_schema_wait: 1s

`
}

const LOOKS: Readonly<Record<string, string>> = {
  sales: 'username: Shop\n    icon_url: https://example.com/icons/shop.png',
  'hot-leads': 'username: Lead radar\n    icon_emoji: ":eyes:"',
  signups: 'username: Front door\n    icon_emoji: ":wave:"',
  growth: 'username: Growth\n    icon_emoji: ":seedling:"',
  'churn-risk': 'username: Customer success\n    icon_emoji: ":umbrella:"',
  nps: 'username: Survey\n    icon_emoji: ":bar_chart:"',
  billing: 'username: Billing\n    icon_emoji: ":receipt:"',
  'platform-alerts': 'username: Watchtower\n    icon_emoji: ":satellite_antenna:"',
}

function destinationsYaml(simulatorOrigin: string): string {
  const entries = DEMO_CHANNELS.map(({ destination, name, target }) => {
    const address = target.startsWith('/')
      ? `webhook_url: ${simulatorOrigin}${target}`
      : `token: ${DEMO_TOKEN}                  # a Slack app: chat.postMessage\n    channel: "#${name}"`
    return `  ${destination}:\n    ${address}\n    ${LOOKS[destination]}\n`
  })
  return `destinations:\n${entries.join('')}`
}

const ACTIONS_YAML = `actions:
  - id: big-order
    trigger: >-
      type = "track" and event = "Order Completed" and properties.total >= 250
    destination: sales
    message: >-
      🎉 *{{ $.properties.name }}* completed order {{ $.properties.order_id }}
      for *{{ $.properties.total | money: $.properties.currency }}*

  - id: enterprise-plan
    trigger: >-
      type = "identify" and traits.plan = "enterprise"
    destination: sales
    username: Accounts                # instead of what the destination shows
    icon_emoji: ":briefcase:"
    message: >-
      :star2: *{{ $.traits.company }}* is on the enterprise plan with {{ $.traits.seats | number }} seats:
      {{ $.traits.crm_url | link: "open in CRM" }}

  - id: big-company
    trigger: >-
      type = "group" and traits.employees >= 200
    destination: [growth, sales]      # two channels, each with its own pace
    username: Directory
    icon_emoji: ":office:"
    message: >-
      :office: *{{ $.traits.name }}* joined as {{ $.groupId }}, {{ $.traits.employees | number }} people

  - id: plan-upgraded
    trigger: >-
      type = "track" and event = "Plan Upgraded" and properties.plan in ["team", "business"]
    destination: growth
    message: >-
      :chart_with_upwards_trend: *{{ $.properties.company }}* went from ~{{ $.properties.from }}~
      to *{{ $.properties.plan }}*: {{ $.properties.added | money: $.properties.currency }} more a month
      ({{ $.properties.account_id }})

  - id: signed-up
    trigger: >-
      type = "track" and event = "Signed Up"
    destination: signups
    message: >-
      :wave: *{{ $.properties.name | default: $.userId }}* signed up from _{{ $.properties.country }}_
      as \`{{ $.userId }}\`

  - id: subscription-cancelled
    trigger: >-
      type = "track" and event = "Subscription Cancelled" and properties.mrr >= 50
    destination: churn-risk
    message: |-
      :broken_heart: *{{ $.properties.company }}* cancelled after {{ $.properties.months }} months ({{ $.properties.account_id }}, {{ $.properties.mrr | money: $.properties.currency }} a month)
      > {{ $.properties.reason | default: "no reason given" }}

  - id: nps-detractor
    trigger: >-
      type = "track" and event = "NPS Submitted" and properties.score <= 6
    destination: nps
    message: >-
      :slightly_frowning_face: *{{ $.properties.name }}* scored us *{{ $.properties.score }}* of 10
      (response {{ $.properties.response_id }})

  - id: feedback
    trigger: >-
      type = "track" and event = "Feedback Left"
    destination: nps
    message: "{{ $.properties.comment }}"

  - id: payment-failed
    trigger: >-
      type = "track" and event = "Payment Failed" and properties.attempt >= 2 and !(properties.test = true)
    destination: billing
    message: >-
      :credit_card: *{{ $.properties.name }}* still owes
      *{{ $.properties.amount | money: $.properties.currency }}* on {{ $.properties.invoice_id }}:
      attempt {{ $.properties.attempt }} ended with \`{{ $.properties.code }}\`

  - id: api-errors
    trigger: >-
      type = "track" and event = "API Errors Counted"
      and properties.count > 100 and match(properties.service, "*-api")
    destination: platform-alerts
    message: |-
      :rotating_light: *{{ $.properties.service }}* answered {{ $.properties.count | number }} errors in 5 minutes
      \`\`\`{{ $.properties.sample }}\`\`\`

  - id: big-checkout
    trigger: >-
      type = "track" and event = "Checkout Started" and properties.value > 1000
    destination: hot-leads
    message: >-
      :eyes: \`{{ $.userId | default: $.anonymousId }}\` is at checkout {{ $.properties.checkout_id }}
      with *{{ $.properties.value | money: $.properties.currency }}*: {{ $.properties.products[*].sku }}
`
