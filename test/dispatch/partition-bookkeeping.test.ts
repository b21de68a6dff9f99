import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCommitMetadata, encodeCommitMetadata } from '../../src/dispatch/commit-metadata.ts'
import { createCompletedOffsets } from '../../src/dispatch/completed-offsets.ts'
import { createPartitionTracker } from '../../src/dispatch/partition-tracker.ts'
import { createPassOver } from '../../src/dispatch/pass-over.ts'
import { createReceiptsPosition, type SentReceipt } from '../../src/dispatch/receipts-position.ts'

/**
 * One dispatch partition and its receipts partition, both with gaps, and its owners one after the other. Whatever
 * happens in whatever order, and wherever an owner dies: lanes keep their order and their limit, what is on
 * record is not taken again, and nothing is lost.
 */
describe('the bookkeeping of one partition', () => {
  it('loses nothing, repeats nothing that is on record, and keeps the order of every lane', () => {
    fc.assert(
      fc.property(scene, ({ limits, records, steps }) => {
        const world = createWorld(limits)
        for (const { gap, lane } of records.slice(0, 10)) world.append(gap, lane)
        let appended = 10
        let owner = createOwner(world)
        for (const { kind, pick } of steps) {
          const record = records[appended % records.length]
          switch (kind) {
            case 'append':
              if (record !== undefined) world.append(record.gap, record.lane)
              appended += 1
              break
            case 'tick':
              world.nowMs += pick % 500
              break
            case 'late':
              owner.readReceipt(world.writeOne(world.orphans, pick))
              break
            case 'crash':
              world.orphans.push(...owner.unwritten())
              owner = createOwner(world)
              break
            default:
              owner[kind](pick)
          }
        }
        owner.drain()
        expect(world.incomplete()).toEqual([])
      }),
      { numRuns: 1_500 },
    )
  }, 60_000)
})

const LANES = 4

const scene = fc.record({
  limits: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: LANES, maxLength: LANES }),
  records: fc.array(
    fc.record({
      gap: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.nat(300)),
      lane: fc.nat(LANES - 1),
    }),
    { minLength: 10, maxLength: 60 },
  ),
  steps: fc.array(
    fc.record({
      kind: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom('read', 'post', 'write', 'acknowledge') },
        {
          weight: 4,
          arbitrary: fc.constantFrom(
            'append',
            'commit',
            'rewind',
            'jumpWhereOfNoUse',
            'jump',
            'hold',
            'giveBack',
          ),
        },
        { weight: 1, arbitrary: fc.constantFrom('crash', 'late', 'tick') },
      ),
      pick: fc.nat(100_000),
    }),
    { minLength: 40, maxLength: 300, size: 'max' },
  ),
})

interface Message {
  offset: number
  lane: number
  queuedAtMs: number
}

interface ReceiptOnLog {
  receiptOffset: number
  message: Message
  /** Null where it completes its message. */
  untilMs: number | null
  /** Its writer had the broker's word for it, or an owner has read it. */
  known: boolean
}

/** A receipt on its way; an owner that dies leaves those that the broker may still get. */
interface Outgoing {
  message: Message
  untilMs: number | null
  sent: SentReceipt
}

/** What outlives every owner. */
function createWorld(limits: readonly number[]) {
  const log: Message[] = []
  const receipts: ReceiptOnLog[] = []
  let logEnd = 0
  let receiptsEnd = 0

  return {
    limits,
    log,
    receipts,
    nowMs: 1_760_000_000_000,
    committed: { offset: 0, metadata: encodeCommitMetadata({ holder: null, receiptsFrom: 0 }) },
    orphans: [] as Outgoing[],
    logEnd: () => logEnd,
    receiptsEnd: () => receiptsEnd,
    append(gap: number, lane: number): void {
      log.push({ offset: logEnd + gap, lane, queuedAtMs: this.nowMs })
      logEnd += gap + 1
    },
    /** The broker gets one of these, whichever; transactions leave gaps. */
    writeOne(outgoing: Outgoing[], pick: number): ReceiptOnLog | null {
      const [written] = outgoing.splice(pick % Math.max(1, outgoing.length), 1)
      if (written === undefined) return null
      receiptsEnd += pick % 7 === 0 ? 300 : 0
      const { message, untilMs } = written
      const receipt = { receiptOffset: receiptsEnd, message, untilMs, known: false }
      receipts.push(receipt)
      receiptsEnd += 1
      return receipt
    },
    completions: () => receipts.filter(({ untilMs }) => untilMs === null),
    incomplete(): number[] {
      const done = new Set(this.completions().map(({ message }) => message.offset))
      return log.map(({ offset }) => offset).filter((offset) => !done.has(offset))
    },
  }
}

type World = ReturnType<typeof createWorld>

/** What must be readable from the receipts position on: see receipts-position.ts. */
function mustBeReadable(world: World, committed: number): ReceiptOnLog[] {
  const known = world.receipts.filter(({ known }) => known)
  const holds = known.filter(({ untilMs }) => untilMs !== null)
  const complete = new Set(world.completions().map(({ message }) => message.offset))
  const ofMessages = world.log
    .filter(({ offset }) => offset >= committed && !complete.has(offset))
    .map(({ offset }) => holds.findLast(({ message }) => message.offset === offset))
  const ofLanes = world.limits
    .map((_, lane) => holds.findLast(({ message }) => message.lane === lane))
    .filter((hold) => hold !== undefined && (hold.untilMs ?? 0) > world.nowMs)
  return [
    ...known.filter(({ message, untilMs }) => untilMs === null && message.offset >= committed),
    ...[...ofMessages, ...ofLanes].filter((hold) => hold !== undefined),
  ]
}

function createOwner(world: World) {
  const { offset: startOffset, metadata } = world.committed
  const found = decodeCommitMetadata(metadata)
  if (found.kind !== 'released' && found.kind !== 'claimed') throw new Error(`${metadata} says ${found.kind}`)
  const tracker = createPartitionTracker(startOffset)
  const completed = createCompletedOffsets()
  const passOver = createPassOver()
  const position = createReceiptsPosition(world.receiptsEnd())
  const lanes = world.limits.map(() => [] as Message[])
  const lastTaken = world.limits.map(() => -1)
  const outgoing: Outgoing[] = []
  const unacknowledged: { receipt: ReceiptOnLog; sent: SentReceipt }[] = []
  let reading = startOffset

  const hasRoom = (lane: string): boolean =>
    (lanes[Number(lane)]?.length ?? 0) < (world.limits[Number(lane)] ?? 0)
  const halfEmpty = (lane: string): boolean =>
    (lanes[Number(lane)]?.length ?? 0) <= (world.limits[Number(lane)] ?? 0) / 2
  const seek = (to: number): void => {
    passOver.jumped(reading, to)
    reading = to
  }

  const tell = ({ receiptOffset, message, untilMs }: ReceiptOnLog): void => {
    if (untilMs === null) position.completed(receiptOffset, message.offset)
    else position.held(`${message.lane}`, { receiptOffset, dispatchOffset: message.offset, untilMs })
  }

  const readReceipt = (receipt: ReceiptOnLog | null): void => {
    if (receipt === null) return
    receipt.known = true
    tell(receipt)
    if (receipt.untilMs !== null) return
    completed.add(receipt.message.offset, receipt.message.queuedAtMs)
    tracker.complete(receipt.message.offset)
  }

  const offer = (message: Message): void => {
    const lane = `${message.lane}`
    if (!passOver.mayTake(lane, message.offset) || !hasRoom(lane)) {
      passOver.passOver(lane, message.offset)
      return
    }
    expect(message.offset).toBeGreaterThan(lastTaken[message.lane] ?? Number.NaN)
    const onRecord = world.completions().filter(({ known }) => known)
    expect(onRecord.map((each) => each.message.offset)).not.toContain(message.offset)
    tracker.take(message.offset)
    passOver.took(lane, message.offset)
    lastTaken[message.lane] = message.offset
    lanes[message.lane]?.push(message)
    expect(lanes[message.lane]?.length).toBeLessThanOrEqual(world.limits[message.lane] ?? 0)
  }

  const readOne = (): void => {
    const message = world.log.find(({ offset }) => offset >= reading)
    reading = message === undefined ? world.logEnd() : message.offset + 1
    if (message !== undefined) {
      const isNew = tracker.state(message.offset) === 'new'
      if (isNew && !completed.has(message.offset, message.queuedAtMs)) tracker.open(message.offset)
      if (tracker.state(message.offset) === 'passed_over') offer(message)
    }
    tracker.readUpTo(reading)
    completed.forgetBelow(tracker.frontier())
  }

  const acknowledgeOne = (pick: number): void => {
    const [acknowledged] = unacknowledged.splice(pick % Math.max(1, unacknowledged.length), 1)
    if (acknowledged === undefined) return
    const { receipt, sent } = acknowledged
    receipt.known = true
    // Transactions are acknowledged without their records' offsets.
    if (receipt.untilMs === null && pick % 3 === 0) position.completedAfter(sent, receipt.message.offset)
    else tell(receipt)
    if (receipt.untilMs === null) tracker.complete(receipt.message.offset)
    position.settled(sent)
  }

  const writeOne = (pick: number): void => {
    const [next] = outgoing.splice(pick % Math.max(1, outgoing.length), 1)
    if (next === undefined) return
    const receipt = world.writeOne([next], pick)
    if (receipt !== null) unacknowledged.push({ receipt, sent: next.sent })
  }

  const commit = (): void => {
    const offset = tracker.committable()
    const receiptsFrom = position.position(offset, world.nowMs)
    expect(world.incomplete().filter((incomplete) => incomplete < offset)).toEqual([])
    const unreadable = mustBeReadable(world, offset).filter(
      ({ receiptOffset }) => receiptOffset < receiptsFrom,
    )
    expect(unreadable).toEqual([])
    world.committed = { offset, metadata: encodeCommitMetadata({ holder: 'an owner', receiptsFrom }) }
  }

  const post = (lane: number, untilMs: number | null): void => {
    const message = untilMs === null ? lanes[lane]?.shift() : lanes[lane]?.[0]
    if (message !== undefined) outgoing.push({ message, untilMs, sent: position.sending() })
  }

  const drainOnce = (): void => {
    while (reading < world.logEnd()) readOne()
    for (const [lane, messages] of lanes.entries()) while (messages.length > 0) post(lane, null)
    while (outgoing.length > 0) writeOne(1)
    while (unacknowledged.length > 0) acknowledgeOne(0)
    commit()
  }

  for (const receipt of world.receipts) {
    if (receipt.receiptOffset >= found.receiptsFrom) readReceipt(receipt)
  }

  return {
    readReceipt,
    unwritten: (): Outgoing[] => outgoing,
    read: (pick: number) => {
      for (let count = pick % 8; count >= 0; count -= 1) readOne()
    },
    post: (pick: number) => post(pick % LANES, null),
    hold: (pick: number) => post(pick % LANES, world.nowMs + (pick % 1_000)),
    /** As a reload does, that sends a lane's messages elsewhere, and perhaps back. */
    giveBack(pick: number): void {
      const lane = pick % LANES
      const given = lanes[lane]?.splice(0) ?? []
      for (const { offset } of given) {
        if (tracker.giveBack(offset)) passOver.giveBack(`${lane}`, offset)
      }
      if (given[0] !== undefined) lastTaken[lane] = given[0].offset - 1
    },
    write: writeOne,
    acknowledge: acknowledgeOne,
    commit,
    rewind(): void {
      const to = passOver.rewindTo(halfEmpty)
      if (to !== null) seek(to)
    },
    /** As bellhop does it. */
    jumpWhereOfNoUse(): void {
      if (reading < tracker.frontier() && !passOver.wishesFrom(reading, hasRoom)) seek(tracker.frontier())
    },
    /** At any moment: this may cost a re-read, and never more. */
    jump: () => seek(tracker.frontier()),
    /** Every lane is emptied before each re-read, so each must find something to take, or nothing ever would. */
    drain(): void {
      drainOnce()
      for (let left = tracker.incomplete(); left > 0; left = tracker.incomplete()) {
        const to = passOver.rewindTo(() => true)
        expect(to).not.toBeNull()
        seek(to ?? 0)
        drainOnce()
        expect(tracker.incomplete()).toBeLessThan(left)
      }
      expect(tracker.committable()).toBe(world.logEnd())
      expect(tracker.incomplete()).toBe(0)
    },
  }
}
