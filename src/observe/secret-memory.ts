import type { Secret } from '../core/secret.ts'
import { createSecretMask, type SecretMask } from './mask-secrets.ts'

/** A mask for a process whose secrets change while it runs. */
export interface SecretMemory {
  mask: SecretMask
  /** From now on these are masked too. */
  learn(secrets: Iterable<Secret>): void
}

/** What was rotated away may still be echoed, by a post that was under way or a broker's late error. */
const CONFIGURATIONS_REMEMBERED = 10

export function createSecretMemory(secrets: Iterable<Secret>): SecretMemory {
  let remembered = [byValue(secrets)]
  let mask = createSecretMask(secrets)
  return {
    mask: (json) => mask(json),
    learn(next) {
      const known = new Set(remembered.flatMap((each) => [...each.keys()]))
      const learnt = byValue(next)
      remembered = [...remembered.slice(1 - CONFIGURATIONS_REMEMBERED), learnt]
      if (![...learnt.keys()].every((value) => known.has(value))) {
        mask = createSecretMask(remembered.flatMap((each) => [...each.values()]))
      }
    },
  }
}

function byValue(secrets: Iterable<Secret>): ReadonlyMap<string, Secret> {
  return new Map([...secrets].map((secret) => [secret.reveal(), secret]))
}
