import { createDownLetters, type DownLetters } from '../../../src/demo/faults/down-letters.ts'
import type { FaultWorld } from '../../../src/demo/faults/fault.ts'
import type { Fleet } from '../../../src/demo/processes/fleet.ts'
import type { ArrivedRequest } from '../../../src/demo/simulator/ledger.ts'
import type { SlackSimulator } from '../../../src/demo/simulator/server.ts'
import type { Fault } from '../../../src/demo/simulator/switches.ts'

/** A world whose simulator and processes are the test's to move; its time is vitest's fake one. */
export interface StubWorld extends FaultWorld {
  letters: DownLetters
  said: string[]
  faults: Map<string, Fault>
  /** What the processes are asked to run. */
  commands: string[]
  /** What a command does and how it ends. */
  onCommand(): { ended: string; output: string } | Promise<{ ended: string; output: string }>
  state: { trafficIsOver: boolean; nothingComes: boolean; isForgotten: boolean }
  /** A request reaches the simulator, and meets the fault of its target. */
  request(target: string): void
  end(): void
}

export function createStubWorld(posters: Readonly<Record<string, string>>): StubWorld {
  const startMs = performance.now()
  const over = new AbortController()
  const faults = new Map<string, Fault>()
  const requests: ArrivedRequest[] = []
  const of = (target?: string) => requests.filter((one) => target === undefined || one.target === target)
  const simulator: Pick<SlackSimulator, 'setFault' | 'clearFault' | 'requests' | 'posts'> = {
    setFault: (target, fault) => void faults.set(target, fault),
    clearFault: (target) => void faults.delete(target),
    requests: of,
    posts: (target) => of(target).filter(({ accepted }) => accepted),
  }
  const state = { trafficIsOver: false, nothingComes: false, isForgotten: false }
  const fleet = {
    struck: new Set<string>(),
    second: 'process 2',
    ownership: { posterOf: (destination: string) => posters[destination] ?? null },
    isForgotten: () => state.isForgotten,
    async command(_name: string, args: readonly string[]) {
      world.commands.push(args.join(' '))
      return { ...(await world.onCommand()), lastLines: ['no reason'] }
    },
  }
  const said: string[] = []
  const world: StubWorld = {
    simulator: simulator as SlackSimulator,
    fleet: fleet as unknown as Fleet,
    letters: createDownLetters(() => performance.now()),
    elapsedMs: () => performance.now() - startMs,
    trafficIsOver: () => state.trafficIsOver,
    nothingComes: () => state.nothingComes,
    say: (text) => void said.push(text),
    signal: over.signal,
    said,
    faults,
    commands: [],
    onCommand: () => ({ ended: 'exit code 0', output: '' }),
    state,
    request(target) {
      const fault = faults.get(target) ?? null
      const arrivedMs = performance.now()
      const known = { seq: requests.length + 1, target, method: 'webhook', payload: null, word: '' } as const
      const answer = { accepted: fault === null, status: 200, retryAfterSeconds: null, early: false }
      requests.push({ ...known, ...answer, fault, arrivedMs, arrivedAt: 0 })
    },
    end: () => over.abort(),
  }
  return world
}
