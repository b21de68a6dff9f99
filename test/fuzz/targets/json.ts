import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { formatProblems, loadConfig } from '../../../src/config/load.ts'
import { decodeJsonEvent } from '../../../src/event/decode-json.ts'
import { isWithheld } from '../../../src/event/integrations.ts'
import { toRawEvent } from '../../../src/event/raw-event.ts'
import { createMatcher } from '../../../src/match/match-event.ts'
import { compileTemplate } from '../../../src/match/template/compile.ts'
import { parseTrigger } from '../../../src/match/trigger/compile.ts'
import { eventText } from '../events.ts'
import { mutatedBytes } from '../mutate.ts'
import { type Growing, requireCleanPrototypes, type Target } from '../target.ts'

const text = eventText.map((json) => Buffer.from(json))
const bytes = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 5, arbitrary: mutatedBytes(text) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)) },
)

const ACTIONS = [
  'type = "track" and event = "Order Completed"',
  'type = "identify" and traits.plan = "pro"',
  'event = "x" or event = "Order Completed"',
  'type = "page"',
  'properties.total > 1 and event = "x"',
  '$..a = "x"',
].map((trigger, index) => ({
  id: `a${index}`,
  trigger,
  message: 'seen {{ $.event }} {{ $.properties }}',
  why: '{{ $.traits.plan }}',
  fields: { Total: '{{ $.properties.total }}', Name: '{{ $..name }}' },
  links: { Customer: 'https://crm.example.com/{{ $.userId | url_encode }}' },
  next_step: '{{ $.type }}',
  sla: '4h',
}))

/** The match stage as `run` has it, with its look at the bytes before they are parsed. */
async function createStage(): Promise<(value: Buffer) => void> {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-fuzz-'))
  const path = join(folder, 'bellhop.yaml')
  const destinations = { sales: { webhook_url: 'https://hooks.slack.com/services/T/B/x' } }
  const kafka = { brokers: ['localhost:9092'], events: ['t'] }
  writeFileSync(path, JSON.stringify({ kafka, destinations, actions: ACTIONS }))
  const loaded = await loadConfig(path, { env: {}, secrets: 'required' })
  rmSync(folder, { recursive: true })
  if (loaded.kind === 'invalid') throw new Error(formatProblems(loaded.problems))
  const { config } = loaded
  const match = createMatcher(config)
  const rules = ACTIONS.map(({ id, trigger }) => ({ id, matches: parseTrigger(trigger).matches }))
  return (value) => {
    const matched = match({
      topic: 't',
      partition: 0,
      offset: 0,
      timestamp: 0,
      key: null,
      value,
      headers: [],
    })
    const decoded = decodeJsonEvent(value)
    const isSilent = decoded.kind === 'poison' || isWithheld(decoded.event, config.integrationNames)
    const expected = isSilent ? [] : rules.filter(({ matches }) => matches(decoded.event)).map(({ id }) => id)
    if (matched.actions.join() !== expected.join()) {
      throw new Error(
        `the stage found ${matched.actions.join() || 'nothing'}, the triggers ${expected.join() || 'nothing'}`,
      )
    }
    for (const { record } of matched.messages) {
      if (record.message.text.length > MOST_TEXT) throw new Error('a text that Slack would split')
    }
  }
}

const MOST_TEXT = 4_000

/** Rules that look at everything there is. */
const TRIGGERS = [
  'type = "track" and event = "Order Completed"',
  '$..a = "x" or $.properties[*].total = [1]',
  'contains(properties.name, "a") or match(event, "*a*") or length(traits) > 1',
  'properties.__proto__.constructor != null or snakecase(event) = "x"',
].map(parseTrigger)
const TEMPLATES = [
  '{{ $ }}',
  '{{ $..name }} {{ $.properties.total | money: $.properties.currency }}',
  '{% for item in properties.items %}{{ item }}{% endfor %}{{ traits.__proto__.x }}{{ constructor }}',
].map((one) => compileTemplate(one))

const CAUSES = ['not_json', 'not_an_object']

function check(value: Buffer): void {
  const before = Buffer.from(value)
  const decoded = decodeJsonEvent(value)
  if (!before.equals(value)) throw new Error('the bytes were changed')
  if (decoded.kind === 'poison') {
    if (!CAUSES.includes(decoded.cause) || decoded.detail === '')
      throw new Error(`an unknown cause ${decoded.cause}`)
    const raw = toRawEvent({
      topic: 't',
      partition: 0,
      offset: 0,
      timestamp: 0,
      key: null,
      value,
      headers: [],
    })
    JSON.stringify(raw)
    return
  }
  requireOwnKeys(decoded.event, value)
  isWithheld(decoded.event, ['Slack', '__proto__', 'constructor'])
  for (const { matches } of TRIGGERS) matches(decoded.event)
  for (const { render } of TEMPLATES) render(decoded.event, { nowMs: 0 })
}

/** A field that the event does not carry itself would have come from a prototype. */
function requireOwnKeys(event: object, value: Buffer): void {
  if (Object.getPrototypeOf(event) !== Object.prototype) throw new Error('the event has another prototype')
  for (const key in event) {
    if (!Object.hasOwn(event, key))
      throw new Error(`the key ${key} is not the event's own: ${value.toString()}`)
  }
}

const growing: Growing[] = [
  '[',
  '{"a":',
  '"',
  '\\',
  '{"a":1,',
  '[1,',
  '\\u0000',
  ' ',
  '1',
  '{"__proto__":',
  '\ufeff',
  '[[],',
].map(
  (piece): Growing => ({
    what: `a value of ${JSON.stringify(piece)}`,
    most: 1_000_000,
    ofSize: (size) => Buffer.from(`{"type":"track","x":${piece.repeat(Math.ceil(size / piece.length))}`),
    run: (input) => check(input as Buffer),
  }),
)

const nested: Growing = {
  what: 'an event that nests deep',
  most: 400_000,
  ofSize: (size) => Buffer.from(`{"type":"track","x":${'['.repeat(size / 2)}${']'.repeat(size / 2)}}`),
  run: (input) => check(input as Buffer),
}

export async function createJsonTarget(): Promise<Target> {
  const stage = await createStage()
  return {
    name: 'json',
    growing: [...growing, nested],
    property: (watch) =>
      fc.asyncProperty(bytes, async (input) => {
        watch(input.toString('hex'))
        check(input)
        stage(input)
        requireCleanPrototypes()
      }),
  }
}
