import { expect, it } from 'vitest'
import { rememberForStatus } from '../../../src/observe/status/status-observer.ts'
import { createRecordingObserver } from '../../support/recording-observer.ts'

const clock = { nowMs: () => 1_000.4 }
const changes = { added: 0, changed: 0, removed: 0 }

it('counts letters of messages and events, and passes everything on', () => {
  const heard = createRecordingObserver()
  const { observer, memory } = rememberForStatus(heard.observer, clock)
  observer.eventDeadLettered({
    topic: 't',
    partition: 0,
    offset: 1,
    cause: 'not_json',
    detail: null,
    action: null,
  })
  observer.messageDeadLettered({
    destination: 'd',
    action: 'a',
    messageId: 'm',
    cause: 'rejected',
    detail: null,
    attempts: 1,
  })
  observer.messageQueued({ destination: 'd' })
  expect(memory.deadLetters()).toBe(2)
  expect(heard.recorded.map(({ name }) => name)).toEqual([
    'eventDeadLettered',
    'messageDeadLettered',
    'messageQueued',
  ])
})

it.each([
  ['applied', (on: On) => on.configApplied(applied), { result: 'applied', detail: null }],
  [
    'unchanged',
    (on: On) => on.configUnchanged({ version: 'v', atMs: 0 }),
    { result: 'unchanged', detail: null },
  ],
  ['wrong', (on: On) => on.configInvalid({ problems: 2 }), { result: 'refused', detail: '2 errors' }],
  [
    'of another kind',
    (on: On) => on.configNeedsRestart({ options: ['http', 'kafka.prefix'] }),
    { result: 'refused', detail: 'needs a restart: http, kafka.prefix' },
  ],
  [
    'unreadable',
    (on: On) => on.configReloadFailed({ error: new Error('secret path') }),
    { result: 'refused', detail: 'could not be read: its log says why' },
  ],
])('remembers the last reload, where it was %s', (_, reload, expected) => {
  const { observer, memory } = rememberForStatus(createRecordingObserver().observer, clock)
  expect(memory.reload()).toBeNull()
  reload(observer)
  expect(memory.reload()).toEqual({ at: 1_000, ...expected })
})

type On = ReturnType<typeof rememberForStatus>['observer']
const applied = {
  version: 'v',
  previous: 'u',
  actions: changes,
  destinations: changes,
  durationMs: 1,
  atMs: 0,
}
