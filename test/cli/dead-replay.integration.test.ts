import { describe, expect, it } from 'vitest'
import { deadReplay } from '../../src/cli/dead/replay.ts'
import { eventLetter, messageLetter } from '../dead/support/sample-letters.ts'
import { runBellhop, textsOf, untilReady, webhookPath } from '../support/bellhop-scene.ts'
import { eventually } from '../support/eventually.ts'
import { useProcesses } from '../support/processes.ts'
import { captureIo } from './support/captured-io.ts'
import { useDeadScenes, writeLetters } from './support/dead-scenes.ts'

const processes = useProcesses()
const { sceneWith, emptyScene, configOf } = useDeadScenes()

describe('bellhop dead replay', () => {
  it('sends messages and events back while bellhop runs, each once', async () => {
    const tooLarge = { type: 'track', event: 'to alerts', properties: { text: 'x'.repeat(70_000) } }
    const order = { type: 'track', event: 'to sales', properties: { text: 'from an event' } }
    const scene = await sceneWith('dead-replay', [])
    const other = await scene.createTopic('other')
    await scene.produce([{ value: tooLarge }], other)
    const whole = JSON.stringify(tooLarge)
    const cutEvent = {
      topic: other,
      offset: 0,
      value: { encoding: 'utf8' as const, data: whole.slice(0, 65_536) },
      value_bytes: whole.length,
    }
    await writeLetters(scene, [
      { letter: messageLetter({ offset: 1, text: 'first' }) },
      { letter: messageLetter({ offset: 2, text: 'second', cause: 'retries_exhausted' }) },
      { letter: messageLetter({ offset: 3, destination: 'gone' }) },
      {
        letter: eventLetter({ raw: { offset: 4 }, cause: 'too_large', value: JSON.stringify(order) }),
        partition: 1,
      },
      { letter: eventLetter({ raw: cutEvent, cause: 'too_large' }), partition: 2 },
      { letter: eventLetter({ raw: { ...cutEvent, offset: 77 }, cause: 'too_large' }), partition: 2 },
      { letter: eventLetter({ raw: { offset: 5 } }), partition: 2 },
    ])
    const config = configOf(scene)
    const bellhop = await runBellhop(processes, config)
    await untilReady(bellhop)

    const dry = captureIo()
    expect(await deadReplay([], { all: true, dryRun: true, config }, dry)).toBe(0)
    expect(dry.out()).toContain('replays  events:0:1:to-sales:sales  rejected: queues 1 message\n')
    expect(dry.out()).toContain('nothing was changed: 4 letters would be replayed, 4 messages queued again')

    const first = captureIo()
    expect(await deadReplay([], { all: true, config }, first)).toBe(0)
    expect(first.out()).toContain('stays    events:0:3:to-sales:gone  unknown_destination')
    expect(first.out()).toContain('stays    events:0:5  still_poison: it fails as it did before (not_json: ')
    expect(first.out()).toContain(`stays    ${other}:0:77  original_gone`)
    expect(first.out()).toContain(
      '4 letters replayed: 4 messages are queued again; left: unknown_destination 1, original_gone 1, still_poison 1',
    )
    await eventually('all are posted', () => scene.slack.posts().length >= 4)

    const again = captureIo()
    expect(await deadReplay([], { all: true, config }, again)).toBe(0)
    expect(again.out()).toContain('no letters replayed')
    const named = captureIo()
    expect(await deadReplay(['events:0:1:to-sales:sales'], { config }, named)).toBe(0)
    expect(named.out()).toContain('already_replayed')

    bellhop.kill('SIGTERM')
    await bellhop.exited()
    const toSales = textsOf(scene.slack, webhookPath('sales'))
    expect(toSales.filter((text) => text !== 'from an event')).toEqual(['first', 'second'])
    expect(toSales).toContain('from an event')
    expect(textsOf(scene.slack, webhookPath('alerts'))).toHaveLength(1)
    const dispatched = await scene.records('dispatch')
    expect(dispatched.map(({ value }) => value.id).toSorted()).toEqual(
      [
        'events:0:1:to-sales:sales',
        'events:0:2:to-sales:sales',
        'events:0:4:to-sales:sales',
        `${other}:0:0:to-alerts:alerts`,
      ].toSorted(),
    )
    const marks = (await scene.records('deadLetters')).filter(({ value }) => value.kind === 'replayed')
    expect(marks.map(({ partition, value }) => `${partition}/${value.replays}`).toSorted()).toEqual([
      '0/0',
      '0/1',
      '1/0',
      '2/0',
    ])
  })

  it('exits 1 for an id that no letter has, and for a letter that has to stay', async () => {
    const scene = await sceneWith('dead-ids', [{ letter: messageLetter({ offset: 1, destination: 'gone' }) }])
    const config = configOf(scene)
    const [unknown, staying] = [captureIo(), captureIo()]
    expect(await deadReplay(['events:0:404:to-sales:sales'], { config }, unknown)).toBe(1)
    expect(unknown.err()).toMatch(/holds no dead letter of events:0:404/)
    expect(await deadReplay(['events:0:1:to-sales:gone'], { config }, staying)).toBe(1)
    expect(staying.out()).toContain('stays    events:0:1:to-sales:gone  unknown_destination: ')
  })

  it('refuses a webhook whose variable is not set: its lane cannot be told', async () => {
    const scene = await emptyScene('dead-secret')
    const config = configOf(scene, { destinations: { sales: { webhook_url: '${NOT_SET_ANYWHERE}' } } })
    const io = captureIo()
    expect(await deadReplay([], { all: true, config }, io)).toBe(2)
    expect(io.err()).toContain('NOT_SET_ANYWHERE')
  })
})
