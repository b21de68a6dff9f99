import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TopUsers } from '../../src/author/backtest-users.ts'

function counted(users: readonly string[], kept?: number): TopUsers {
  const found = new TopUsers(kept)
  for (const user of users) found.add(user)
  return found
}

describe('top users', () => {
  it('are ranked by how often, then by name', () => {
    const users = counted(['b', 'a', 'c', 'b', 'a', 'd'])
    expect(users.top(3)).toEqual([
      { user: 'a', count: 2 },
      { user: 'b', count: 2 },
      { user: 'c', count: 1 },
    ])
    expect(users.missing).toBe(0)
  })

  it('are counted to within what it says is missing, however many there are', () => {
    let dropped = 0
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 12 }).map(String), { size: 'max', maxLength: 200 }), (names) => {
        const users = counted(names, 3)
        if (users.missing > 0) dropped += 1
        for (const { user, count } of users.top(3)) {
          const truth = names.filter((name) => name === user).length
          expect(count).toBeLessThanOrEqual(truth)
          expect(count + users.missing).toBeGreaterThanOrEqual(truth)
        }
      }),
    )
    expect(dropped).toBeGreaterThan(30)
  })

  it('take no more memory than twice what is kept', () => {
    const users = counted(
      Array.from({ length: 1_000 }, (_, nth) => `user-${nth}`),
      10,
    )
    expect(users.top(1_000).length).toBeLessThanOrEqual(20)
  })
})
