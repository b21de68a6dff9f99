import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import type { Loaded, Warning } from '../../src/config/load.ts'
import { LiveConfig } from '../../src/reload/live-config.ts'
import { Reloader } from '../../src/reload/reloader.ts'
import { testAction, testConfig, testWebhook } from '../support/config.ts'
import { createRecordingObserver } from '../support/recording-observer.ts'

const problem: Warning = {
  file: 'bellhop.yaml',
  line: 3,
  column: 5,
  message: 'wrong',
  excerpt: '  3 | x',
  rule: null,
}

/** A reloader whose configuration is loaded when the test says so. */
function reloaderBench(config = testConfig()) {
  const heard = createRecordingObserver()
  const loading: PromiseWithResolvers<Loaded>[] = []
  const applied: Config[] = []
  const fails = { apply: false }
  const reloader = new Reloader({
    config,
    load() {
      const next = Promise.withResolvers<Loaded>()
      loading.push(next)
      return next.promise
    },
    apply(next) {
      if (fails.apply) throw new Error('cannot be')
      applied.push(next)
    },
    observer: heard.observer,
    clock: { nowMs: () => 5_000, monotonicMs: () => 1 },
  })
  const loads = (nth: number, change: Partial<Config>, warnings: Warning[] = []): void =>
    loading[nth]?.resolve({ kind: 'loaded', config: testConfig(change), warnings })
  const names = (): string[] => heard.recorded.map(({ name }) => name)
  return { reloader, loading, loads, applied, fails, names, eventsOf: heard.eventsOf }
}

describe('a reload', () => {
  it('puts another configuration to work, and says what differs and what to think about', async () => {
    const actions = [testAction({ id: 'a' }), testAction({ id: 'b' })]
    const bench = reloaderBench(testConfig({ actions }))
    const reloaded = bench.reloader.reload('signal')
    const next = [testAction({ id: 'b', message: 'other' }), testAction({ id: 'c' })]
    const destinations = new Map(['sales', 'more'].map((id) => [id, testWebhook(id)]))
    bench.loads(0, { version: '2', actions: next, destinations }, [problem])
    await reloaded
    expect(bench.applied.map(({ version }) => version)).toEqual(['2'])
    expect(bench.eventsOf('configApplied')).toEqual([
      {
        version: '2',
        previous: 'abcdef012345',
        actions: { added: 1, changed: 1, removed: 1 },
        destinations: { added: 1, changed: 0, removed: 0 },
        durationMs: 0,
        atMs: 5_000,
      },
    ])
    expect(bench.eventsOf('configWarned')).toEqual([{ problem }])
  })

  it('is compared with the one that was put to work last', async () => {
    const bench = reloaderBench()
    for (const nth of [0, 1]) {
      const reloaded = bench.reloader.reload('file_change')
      bench.loads(nth, { version: '2', integrationNames: ['Slack'] })
      await reloaded
    }
    expect(bench.applied).toHaveLength(1)
    expect(bench.names()).toEqual(['configReloading', 'configApplied', 'configReloading', 'configUnchanged'])
  })

  it('is put to work for the sake of its version alone, which records name', async () => {
    const bench = reloaderBench()
    const reloaded = bench.reloader.reload('signal')
    bench.loads(0, { version: '2' })
    await reloaded
    expect(bench.names()).toEqual(['configReloading', 'configApplied'])
  })

  it.each<[string, (bench: ReturnType<typeof reloaderBench>) => void, string[]]>([
    [
      'it is wrong, with every problem',
      ({ loading }) => loading[0]?.resolve({ kind: 'invalid', problems: [problem, problem] }),
      ['configProblem', 'configProblem', 'configInvalid'],
    ],
    [
      'it needs a restart',
      ({ loads }) => loads(0, { version: '2', http: { host: '::', port: 1 } }),
      ['configNeedsRestart'],
    ],
    ['it cannot be loaded', ({ loading }) => loading[0]?.reject(new Error('bug')), ['configReloadFailed']],
    [
      'it cannot be put to work',
      ({ fails, loads }) => {
        fails.apply = true
        loads(0, { version: '2' })
      },
      ['configReloadFailed'],
    ],
  ])('leaves the old one at work where %s', async (_, happens, events) => {
    const bench = reloaderBench()
    const reloaded = bench.reloader.reload('signal')
    happens(bench)
    await reloaded
    expect(bench.names()).toEqual(['configReloading', ...events])
    expect(bench.applied).toEqual([])

    bench.fails.apply = false
    const again = bench.reloader.reload('signal')
    bench.loads(1, {})
    await again
    expect(bench.names().at(-1)).toBe('configUnchanged')
  })
})

describe('reloads that are asked for at once', () => {
  it('come one after the other, and what is asked for meanwhile is done once', async () => {
    const bench = reloaderBench()
    const reloaded = bench.reloader.reload('signal')
    for (let nth = 0; nth < 5; nth += 1) void bench.reloader.reload('file_change')
    expect(bench.loading).toHaveLength(1)
    bench.loads(0, { version: '2' })
    await Promise.resolve()
    while (bench.loading.length < 2) await Promise.resolve()
    bench.loads(1, { version: '3' })
    await reloaded
    expect(bench.applied.map(({ version }) => version)).toEqual(['2', '3'])
    expect(bench.eventsOf('configReloading')).toEqual([{ cause: 'signal' }, { cause: 'file_change' }])
  })

  it('are none once the process stops: neither the one that is being loaded nor a later one', async () => {
    const bench = reloaderBench()
    const reloaded = bench.reloader.reload('signal')
    bench.reloader.stop()
    bench.loads(0, { version: '2' })
    await reloaded
    await bench.reloader.reload('signal')
    expect(bench.loading).toHaveLength(1)
    expect(bench.applied).toEqual([])
  })
})

describe('the configuration at work', () => {
  it('is put to work for all in one go, or for none', () => {
    const done: string[] = []
    const live = new LiveConfig(testConfig())
    live.addUser({
      prepare:
        ({ version }) =>
        () =>
          void done.push(`first ${version}`),
    })
    live.addUser({
      prepare({ version }) {
        if (version === 'bad') throw new Error('cannot be')
        return () => void done.push(`second ${version}, at work ${live.current.version}`)
      },
    })
    expect(() => live.replace(testConfig({ version: 'bad' }))).toThrow('cannot be')
    expect([done, live.current.version]).toEqual([[], 'abcdef012345'])
    live.replace(testConfig({ version: '2' }))
    expect(done).toEqual(['first 2', 'second 2, at work 2'])
  })
})
