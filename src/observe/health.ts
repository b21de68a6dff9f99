/**
 * Whether the process lives and whether it works: state only, no clock and no I/O. Each stage reports on itself.
 *
 *   starting -> ready <-> not_ready      a broker that is away, a rebalance, a stop: not_ready
 *   any of them -> dead -> ready         a consumer that crashed for good: dead; only `ready` brings it back
 *
 * Liveness fails while a component is dead and for nothing else: restarting the process cures a dead consumer
 * and never a broker. Readiness fails while any component is not ready, and before there is one.
 */
export interface Health {
  /** Adds a component, alive and not ready, and gives its way to report. A name is added once. */
  addComponent(name: string): ComponentHealth
  liveness(): HealthReport
  readiness(): HealthReport
}

/** Reasons are sentences for a person, of the process's own words: they are served to whoever asks. */
export interface ComponentHealth {
  ready(): void
  notReady(reason: string): void
  dead(reason: string): void
}

export type ComponentState = 'starting' | 'ready' | 'not_ready' | 'dead'

export interface HealthReport {
  ok: boolean
  /** Only the components that make `ok` false, then all others. */
  components: readonly { name: string; state: ComponentState; reason: string | null }[]
}

interface ComponentStatus {
  state: ComponentState
  reason: string | null
}

export function createHealth(): Health {
  const components = new Map<string, ComponentStatus>()

  function report(isFine: (state: ComponentState) => boolean): HealthReport {
    const all = [...components].map(([name, status]) => ({ name, ...status }))
    const failing = all.filter(({ state }) => !isFine(state))
    return {
      ok: failing.length === 0,
      components: [...failing, ...all.filter(({ state }) => isFine(state))],
    }
  }

  return {
    addComponent: (name) => {
      if (components.has(name)) throw new Error(`Health has a component ${name} already.`)
      const set = (status: ComponentStatus) => components.set(name, status)
      set({ state: 'starting', reason: 'starting' })
      return {
        ready: () => void set({ state: 'ready', reason: null }),
        notReady: (reason) => {
          if (components.get(name)?.state !== 'dead') set({ state: 'not_ready', reason })
        },
        dead: (reason) => void set({ state: 'dead', reason }),
      }
    },
    liveness: () => report((state) => state !== 'dead'),
    readiness: () => {
      const { ok, components: listed } = report((state) => state === 'ready')
      return { ok: ok && listed.length > 0, components: listed }
    },
  }
}
