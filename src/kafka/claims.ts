import type { Admin } from 'kafkajs'
import type { Clock } from '../core/clock.ts'
import { decodeCommitMetadata, encodeCommitMetadata, holderName } from '../dispatch/commit-metadata.ts'
import { sleep } from '../system.ts'
import { type Committed, committedOffsets } from './offsets.ts'
import type { GroupCommit } from './partition-consumer.ts'
import { SharedRequest } from './shared-request.ts'

/** A dispatch partition's position in its group: what is complete, and from where its receipts tell the rest. */
export interface Position {
  partition: number
  offset: number
  receiptsFrom: number
}

/** What the owner before has left. */
export interface Left {
  /** Null where nothing was ever committed. */
  offset: number | null
  /** Null where no owner has left word: then all receipts have to be read. */
  receiptsFrom: number | null
}

export interface ClaimsDeps {
  admin: Admin
  groupId: string
  topic: string
  /** This process's name in the group; null while it has none. */
  memberId(): string | null
  commit(commits: readonly GroupCommit[]): Promise<void>
  clock: Clock
}

const FIRST_POLL_MS = 25
const LONGEST_POLL_MS = 200
const HELD_FOR_LONG_MS = 20_000
const RELEASE_RETRY_MS = 200

/**
 * Who may work on a partition, as the commit metadata says: never a guess. An owner commits its member id as holder
 * before it dispatches, and `released` when it has let go. A new one waits until the metadata says so, or until the
 * holder is no longer a member of the group: the broker dismisses a member only when its lease has lapsed, or when
 * it has left.
 */
export class Claims {
  readonly #deps: ClaimsDeps
  readonly #committed: SharedRequest<Map<number, Committed>>
  readonly #members: SharedRequest<Set<string>>
  #turn: Promise<unknown> = Promise.resolve()

  constructor(deps: ClaimsDeps) {
    this.#deps = deps
    this.#committed = new SharedRequest(() => committedOffsets(deps.admin, deps))
    this.#members = new SharedRequest(() => readMembers(deps))
  }

  /** Waits until the partition is free; an error where its holder does not let go for long. */
  async untilFree(partition: number, signal: AbortSignal): Promise<Left> {
    const { topic, clock } = this.#deps
    const startedMs = clock.monotonicMs()
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 2, LONGEST_POLL_MS)) {
      const committed = (await this.#committed.ask()).get(partition)
      const left = decodeCommitMetadata(committed?.metadata ?? null)
      const receiptsFrom = 'receiptsFrom' in left ? left.receiptsFrom : null
      if (signal.aborted || left.kind !== 'claimed' || !(await this.#holds(left.holder))) {
        return { offset: committed?.offset ?? null, receiptsFrom }
      }
      if (clock.monotonicMs() - startedMs > HELD_FOR_LONG_MS) {
        throw new Error(`${topic}/${partition} is still held by member ${left.holder}`)
      }
      await sleep(pollMs, signal)
    }
  }

  /** Commits this process as holder; gives its member id, also before the commit goes out. */
  async claim(position: Position, sending: (memberId: string) => void): Promise<string> {
    const holder = this.#deps.memberId()
    if (holder === null) throw new Error('not in the consumer group')
    sending(holder)
    await this.#commit([position], holder)
    return holder
  }

  /** How far the partitions held by this process have come. */
  async progress(positions: readonly Position[]): Promise<void> {
    const holder = this.#deps.memberId()
    if (holder !== null) await this.#commit(positions, holder)
  }

  /**
   * Lets go: the next owner may begin. Tried again for as long as the process is the member that made the claim, as
   * the next owner waits for it; false where it is no longer, and then nobody waits. `unsure`: whether the claim was
   * committed is not known.
   */
  async release(
    position: Position,
    claimed: { memberId: string; signal: AbortSignal; unsure?: boolean },
  ): Promise<boolean> {
    const { memberId, signal, unsure = false } = claimed
    for (let attempt = 0; this.#deps.memberId() === memberId; attempt += 1) {
      try {
        // An attempt whose answer was lost may have let the next owner in: its claim must not be committed over.
        if ((attempt > 0 || unsure) && !(await this.#isHeldBy(position.partition, memberId))) return true
        await this.#commit([position], null)
        return true
      } catch {
        if (signal.aborted) return false
        await sleep(RELEASE_RETRY_MS, signal)
      }
    }
    return false
  }

  /** One commit at a time, so that none overtakes another. */
  async #commit(positions: readonly Position[], holder: string | null): Promise<void> {
    const { topic, commit } = this.#deps
    const commits = positions.map(({ partition, offset, receiptsFrom }) => ({
      topic,
      partition,
      offset,
      metadata: encodeCommitMetadata({ holder, receiptsFrom }),
    }))
    const committed = this.#turn.then(() => commit(commits))
    this.#turn = committed.catch(() => undefined)
    await committed
  }

  async #isHeldBy(partition: number, memberId: string): Promise<boolean> {
    const left = decodeCommitMetadata((await this.#committed.ask()).get(partition)?.metadata ?? null)
    return left.kind === 'claimed' && left.holder === holderName(memberId)
  }

  /** Whether a holder, not this process itself, may still be at work. */
  async #holds(holder: string): Promise<boolean> {
    const own = this.#deps.memberId()
    if (own !== null && holder === holderName(own)) return false
    return (await this.#members.ask()).has(holder)
  }
}

async function readMembers({ admin, groupId }: ClaimsDeps): Promise<Set<string>> {
  const { groups } = await admin.describeGroups([groupId])
  return new Set(groups.flatMap(({ members }) => members.map(({ memberId }) => holderName(memberId))))
}
