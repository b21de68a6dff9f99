import { compileTemplate } from '../match/template/compile.ts'
import {
  DESTINATION,
  headOfConfig,
  type InitFiles,
  type InitSource,
  type Test,
  testFile,
} from './init-files.ts'
import { mapText } from './init-map.ts'
import { holds, messageOf } from './init-message.ts'
import { PLACEHOLDER_TIME, withPlaceholders } from './init-placeholders.ts'
import { STARTER_ACTIONS, starterTests } from './init-starter.ts'
import type { Call, Survey } from './init-survey.ts'
import { block, createIds, describeField, forComment, titleOf, triggerOf } from './init-text.ts'

const MOST_FIELDS = 20

/** Two actions and their tests, where no topic was looked at. */
export function starterFiles(source: InitSource): InitFiles {
  return { config: headOfConfig('', source) + STARTER_ACTIONS, tests: starterTests(DESTINATION) }
}

/** For what a topic holds: an action for each call, of which the one that says most is enabled and tested. */
export function filesForTopic(survey: Survey, source: InitSource): InitFiles {
  const from = ` from the ${survey.events} newest events of ${source.topic}`
  if (survey.calls.length === 0) {
    const config = headOfConfig(from, source, mapText(survey.foreign.example)) + STARTER_ACTIONS
    return { config, tests: starterTests(DESTINATION) }
  }
  const idOf = createIds()
  const chosen = chooseEnabled(survey.calls)
  const actions = survey.calls.map((call) =>
    actionText(call, { id: idOf(call), enabled: call === chosen, survey }),
  )
  return {
    config: headOfConfig(from, source) + leftOutText(survey) + actions.join('\n'),
    tests: testFile([...(chosen === null ? [] : [testOf(chosen)]), OTHER]),
  }
}

function leftOutText({ leftOut, foreign }: Survey): string {
  const lines = [
    'The most frequent first, and all but one disabled: strike out `enabled: false` where you want a message.',
    ...(leftOut === 0 ? [] : [`${leftOut} further names are left out: too many, or such as look like data.`]),
    ...(foreign.events === 0
      ? []
      : [
          `${foreign.events} events were no calls of the Segment spec: docs/configuration.md, kafka.events[].map.`,
        ]),
  ]
  return lines.map((line) => `  # ${line}\n`).join('')
}

interface ActionContext {
  id: string
  enabled: boolean
  survey: Survey
}

function actionText(call: Call, { id, enabled, survey }: ActionContext): string {
  const fields = call.fields.slice(0, MOST_FIELDS)
  const more = call.fields.length - fields.length
  const described = [
    `${forComment(titleOf(call))}: ${call.count} of the ${survey.events} newest events`,
    ...fields.map((field) => `  ${describeField(field, call.count)}`),
    ...(more === 0 ? [] : [`  and ${more} more`]),
  ]
  return [
    ...described.map((line) => `  # ${line}`),
    `  - id: ${id}`,
    ...(enabled ? [] : ['    enabled: false']),
    `    trigger: ${block(conditionOf(call), '    ')}`,
    `    message: ${block(messageOf(call), '    ')}`,
    ...(enabled ? PLAYBOOK : []),
    '',
  ].join('\n')
}

/** What makes a message a thing to do; both are to be replaced. */
const PLAYBOOK = [
  '    next_step: say here what the reader should do',
  '    links:',
  '      Customer: "https://crm.example.com/people/{{ $.userId | url_encode }}"  # your own address here',
]

const BUSY = ['identify', 'page', 'screen', 'group']

/** A busy call asks for a field too: by its type alone it would be a message for every visitor. */
function conditionOf(call: Call): string {
  const trigger = triggerOf(call)
  if (!BUSY.includes(call.type)) return trigger
  const field = call.fields.find(({ path }) => {
    const isOwn = (path[0] === 'traits' || path[0] === 'properties') && path.length === 2
    return isOwn && /^[A-Za-z_]\w*$/.test(path[1] ?? '') && holds(call.sample, path)
  })
  return field === undefined ? trigger : `${trigger} and ${field.path.join('.')} != null`
}

/** Something that happened says more than who is there. */
function chooseEnabled(calls: readonly Call[]): Call | null {
  return calls.find(({ type }) => type === 'track') ?? calls[0] ?? null
}

const OTHER: Test = {
  name: 'an event that no action asks for',
  event: { type: 'track', event: 'Something that no action asks for', userId: 'user-1' },
  expect: 'none',
}

function testOf(call: Call): Test {
  const event = withPlaceholders(call.sample)
  const rendered = compileTemplate(messageOf(call)).render(event, { nowMs: Date.parse(PLACEHOLDER_TIME) })
  const text = rendered.kind === 'text' ? rendered.text : titleOf(call)
  return {
    name: `${forComment(titleOf(call))} is worth a message`,
    event,
    expect: { [DESTINATION]: { contains: [text] } },
  }
}
