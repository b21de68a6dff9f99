import { describe, expect, it } from 'vitest'
import { createPassOver, createRewindPacing } from '../../src/dispatch/pass-over.ts'

const everyLane = () => true

describe('pass-over', () => {
  it('takes anything of a lane that passed nothing over', () => {
    const passOver = createPassOver()
    expect(passOver.mayTake('lane', 12)).toBe(true)
    expect([passOver.lanes(), passOver.rewindTo(everyLane)]).toEqual([0, null])
  })

  it('takes nothing beyond what was passed over, and all of it in order once reading has come back', () => {
    const passOver = createPassOver()
    passOver.passOver('lane', 5)
    expect(passOver.mayTake('lane', 8)).toBe(false)
    passOver.passOver('lane', 8)
    expect(passOver.mayTake('other', 9)).toBe(true)

    passOver.jumped(10, 5)
    expect(passOver.mayTake('lane', 5)).toBe(true)
    passOver.took('lane', 5)
    expect(passOver.mayTake('lane', 8)).toBe(true)
    passOver.took('lane', 8)
    expect(passOver.lanes()).toBe(0)
    expect(passOver.mayTake('lane', 10)).toBe(true)
  })

  it('keeps what a jump to the frontier left behind, though the first of it was taken', () => {
    const passOver = createPassOver()
    for (const offset of [5, 8]) passOver.passOver('lane', offset)
    passOver.jumped(10, 5)
    passOver.took('lane', 5)
    passOver.jumped(6, 10)
    expect(passOver.mayTake('lane', 10)).toBe(false)
    expect(passOver.rewindTo(everyLane)).toBe(6)

    passOver.passOver('lane', 10)
    passOver.jumped(11, 6)
    expect(passOver.mayTake('lane', 8)).toBe(true)
    passOver.took('lane', 8)
    expect(passOver.mayTake('lane', 10)).toBe(true)
    passOver.took('lane', 10)
    expect(passOver.lanes()).toBe(0)
  })

  it('goes on where reading was left, for lanes that took all that had been met', () => {
    const passOver = createPassOver()
    for (const offset of [5, 50]) passOver.passOver('lane', offset)
    passOver.jumped(100, 5)
    passOver.took('lane', 5)
    passOver.jumped(30, 100)
    expect([passOver.rewindTo(everyLane, 30), passOver.rewindTo(everyLane, 31)]).toEqual([30, null])
    passOver.jumped(110, 30)
    expect(passOver.mayTake('lane', 50)).toBe(true)
  })

  it('takes nothing in a run that began beyond what was passed over', () => {
    const passOver = createPassOver()
    passOver.passOver('lane', 5)
    passOver.passOver('lane', 20)
    passOver.jumped(30, 10)
    expect(passOver.mayTake('lane', 20)).toBe(false)
    expect(passOver.rewindTo(everyLane)).toBe(5)
  })

  it('takes nothing in a run that passed over one message of the lane itself, even if there is room again', () => {
    const passOver = createPassOver()
    for (const offset of [5, 8, 9]) passOver.passOver('lane', offset)
    passOver.jumped(10, 5)
    passOver.took('lane', 5)
    passOver.passOver('lane', 8)
    expect(passOver.mayTake('lane', 9)).toBe(false)
    expect(passOver.rewindTo(everyLane)).toBe(8)
  })

  it('comes back to what a lane gave back, and takes nothing beyond before', () => {
    const passOver = createPassOver()
    for (const offset of [5, 8]) passOver.giveBack('lane', offset)
    expect(passOver.mayTake('lane', 12)).toBe(false)
    passOver.passOver('lane', 12)
    expect(passOver.rewindTo(everyLane)).toBe(5)

    passOver.jumped(13, 5)
    for (const offset of [5, 8, 12]) {
      expect(passOver.mayTake('lane', offset)).toBe(true)
      passOver.took('lane', offset)
    }
    expect(passOver.lanes()).toBe(0)
  })

  it('takes nothing more in a run in which the lane gave something back, though it had passed nothing over', () => {
    const passOver = createPassOver()
    passOver.passOver('lane', 5)
    passOver.passOver('lane', 9)
    passOver.jumped(10, 5)
    passOver.took('lane', 5)
    passOver.giveBack('lane', 5)
    expect(passOver.mayTake('lane', 9)).toBe(false)
    expect(passOver.rewindTo(everyLane)).toBe(5)
  })

  it('is not shut by a message that was completed by another hand', () => {
    const passOver = createPassOver()
    for (const offset of [5, 8]) passOver.passOver('lane', offset)
    passOver.jumped(10, 5)
    // 5 is complete and so skipped.
    expect(passOver.mayTake('lane', 8)).toBe(true)
  })

  it('forgets a lane once reading went past all that it had passed over and found none of it waiting', () => {
    const passOver = createPassOver()
    for (const offset of [5, 8]) passOver.passOver('lane', offset)
    passOver.passOver('other', 9)
    passOver.jumped(10, 5)
    passOver.jumped(9, 10)
    expect(passOver.lanes()).toBe(1)
    expect(passOver.mayTake('lane', 10)).toBe(true)
    expect(passOver.mayTake('other', 10)).toBe(false)
  })

  it('rewinds to the smallest offset of the lanes that wish it', () => {
    const passOver = createPassOver()
    passOver.passOver('full', 3)
    passOver.passOver('later', 9)
    passOver.passOver('sooner', 7)
    expect(passOver.rewindTo((lane) => lane !== 'full')).toBe(7)
    expect(passOver.rewindTo(() => false)).toBeNull()
  })

  it.each([
    ['nothing of a lane with room lies ahead', 9, ['lane'], false],
    ['more of a lane with room lies ahead', 7, ['lane'], true],
    ['the last of a lane with room is the very next', 8, ['lane'], true],
    ['what lies ahead is of a lane without room', 7, ['passing'], false],
    ['a lane with room began before this run', 6, ['left'], false],
  ])('says whether reading on is of use: %s', (_, offset, withRoom, wished) => {
    const passOver = createPassOver()
    for (const each of [5, 8]) passOver.passOver('lane', each)
    passOver.passOver('left', 2)
    for (const each of [6, 9]) passOver.passOver('left', each)
    passOver.passOver('passing', 5)
    passOver.jumped(10, 5)
    passOver.took('lane', 5)
    passOver.passOver('passing', 5)
    expect(passOver.wishesFrom(offset, (lane) => withRoom.includes(lane))).toBe(wished)
  })

  it('knows nothing any more once it is cleared', () => {
    const passOver = createPassOver()
    passOver.passOver('lane', 5)
    passOver.jumped(6, 20)
    passOver.clear()
    expect([passOver.lanes(), passOver.mayTake('lane', 3)]).toEqual([0, true])
    passOver.passOver('lane', 3)
    expect(passOver.mayTake('lane', 4)).toBe(false)
  })
})

describe('rewind pacing', () => {
  const options = { everyMs: 10_000, leastSpan: 100_000 }
  const T = 5_000

  it('lets the first re-read begin at once', () => {
    expect(createRewindPacing(options).mayBegin(0)).toBe(true)
  })

  it.each([
    ['all of a long span was read again', 1_000_000, [600_000, 400_000], 10_000],
    ['half of a long span was read again', 1_000_000, [500_000], 5_000],
    ['all of a short span was read again', 20_000, [20_000], 2_000],
    ['nearly nothing was read again', 1_000_000, [10], 50],
    ['nothing was read again', 1_000_000, [], 50],
    ['more was read than there was: the log grew', 100_000, [150_000], 15_000],
  ])('lets the next begin so much later: %s', (_, span, reads, afterMs) => {
    const pacing = createRewindPacing(options)
    pacing.began(T, span)
    for (const records of reads) pacing.read(records)
    expect(pacing.mayBegin(T + afterMs - 1)).toBe(false)
    expect(pacing.mayBegin(T + afterMs)).toBe(true)
  })

  it('counts each re-read for itself', () => {
    const pacing = createRewindPacing(options)
    pacing.began(T, 100_000)
    pacing.read(100_000)
    pacing.began(T + 10_000, 100_000)
    expect(pacing.mayBegin(T + 10_050)).toBe(true)
  })
})
