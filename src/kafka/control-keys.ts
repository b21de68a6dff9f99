import { AppError } from '../core/errors.ts'
import { CONTROL_KINDS } from '../core/outcome.ts'
import type { ControlPlace } from './control-set.ts'
import { hasErrorType } from './failures.ts'

/** No destination has a longer name. */
const MOST_KEY_BYTES = 1_000

/** `silence/sales`: the last record under it counts. */
export function keyOf({ kind, destination }: ControlPlace): string {
  return `${kind}/${destination}`
}

/** Null where a key is none of these. */
export function placeIn(key: Buffer | null): ControlPlace | null {
  const text = key === null || key.length > MOST_KEY_BYTES ? '' : key.toString()
  const slash = text.indexOf('/')
  const kind = CONTROL_KINDS.find((known) => known === text.slice(0, slash))
  const destination = text.slice(slash + 1)
  return kind === undefined || destination === '' ? null : { kind, destination }
}

export async function sayingWhatIsForbidden<T>(
  { topic, permission }: { topic: string; permission: 'Read' | 'Write' },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!hasErrorType(error, 'TOPIC_AUTHORIZATION_FAILED')) throw error
    throw new AppError(
      'topic_unsuitable',
      `the broker forbids this user topic ${topic}, where silences and pauses lie: allow it ${permission} there.`,
      { cause: error },
    )
  }
}
