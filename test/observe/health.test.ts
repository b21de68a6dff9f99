import { describe, expect, it } from 'vitest'
import { type ComponentHealth, createHealth } from '../../src/observe/health.ts'

const AWAY = 'broker 127.0.0.1:9092 cannot be reached'

it('a process without components lives and is not ready', () => {
  const health = createHealth()
  expect(health.liveness().ok).toBe(true)
  expect(health.readiness().ok).toBe(false)
})

describe('one component', () => {
  it.each<
    [string, (component: ComponentHealth) => void, { alive: boolean; ready: boolean; reason: string | null }]
  >([
    ['lives and is not ready while it starts', () => {}, { alive: true, ready: false, reason: 'starting' }],
    ['is ready when it says so', (c) => c.ready(), { alive: true, ready: true, reason: null }],
    ['lives without its broker', (c) => c.notReady(AWAY), { alive: true, ready: false, reason: AWAY }],
    [
      'is dead when its consumer is',
      (c) => c.dead('crashed'),
      { alive: false, ready: false, reason: 'crashed' },
    ],
    [
      'comes back from a broker that was away',
      (c) => {
        c.notReady(AWAY)
        c.ready()
      },
      { alive: true, ready: true, reason: null },
    ],
    [
      'stays dead, though its broker goes too',
      (c) => {
        c.dead('crashed')
        c.notReady(AWAY)
      },
      { alive: false, ready: false, reason: 'crashed' },
    ],
    [
      'lives again when it recovers',
      (c) => {
        c.dead('crashed')
        c.ready()
      },
      { alive: true, ready: true, reason: null },
    ],
  ])('%s', (_, act, { alive, ready, reason }) => {
    const health = createHealth()
    act(health.addComponent('match'))
    expect(health.liveness().ok).toBe(alive)
    expect(health.readiness().ok).toBe(ready)
    expect(health.readiness().components).toEqual([expect.objectContaining({ name: 'match', reason })])
  })
})

describe('several components', () => {
  it('are ready when all are, and the failing one comes first', () => {
    const health = createHealth()
    const [match, dispatch] = [health.addComponent('match'), health.addComponent('dispatch')]
    match.ready()
    expect(health.readiness()).toEqual({
      ok: false,
      components: [
        { name: 'dispatch', state: 'starting', reason: 'starting' },
        { name: 'match', state: 'ready', reason: null },
      ],
    })
    dispatch.ready()
    expect(health.readiness().ok).toBe(true)
  })

  it('live as long as none is dead', () => {
    const health = createHealth()
    const [match, dispatch] = [health.addComponent('match'), health.addComponent('dispatch')]
    match.notReady(AWAY)
    dispatch.notReady(AWAY)
    expect(health.liveness().ok).toBe(true)
    dispatch.dead('crashed')
    expect(health.liveness()).toMatchObject({
      ok: false,
      components: [{ name: 'dispatch' }, { name: 'match' }],
    })
  })

  it('cannot share a name', () => {
    const health = createHealth()
    health.addComponent('match')
    expect(() => health.addComponent('match')).toThrow('match')
  })
})
