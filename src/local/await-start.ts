import type { SupervisedBroker } from './supervised-broker.ts'

export type Start =
  | { kind: 'serves' }
  | { kind: 'died'; during: Awaited<SupervisedBroker['died']>['during']; detail: string }
  | { kind: 'late'; afterMs: number }

const START_TIMEOUT_MS = 120_000

/** How a process came up: `serving` resolves with true once it serves, and ends when its signal is aborted. */
export async function awaitStart(
  { died }: Pick<SupervisedBroker, 'died'>,
  serving: (signal: AbortSignal) => Promise<boolean>,
  signal: AbortSignal | undefined,
): Promise<Start> {
  const settled = new AbortController()
  const signals = [
    settled.signal,
    AbortSignal.timeout(START_TIMEOUT_MS),
    ...(signal === undefined ? [] : [signal]),
  ]
  const start = await Promise.race([
    died.then(({ during, detail }): Start => ({ kind: 'died', during, detail })),
    serving(AbortSignal.any(signals)).then(
      (serves): Start => (serves ? { kind: 'serves' } : { kind: 'late', afterMs: START_TIMEOUT_MS }),
    ),
  ])
  settled.abort()
  return start
}
