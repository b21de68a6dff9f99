import type { Finding } from '../problem.ts'
import type { Place } from '../source.ts'
import type { Path } from '../tree.ts'
import type { IgnorableRule, LintRule } from './rules.ts'

/** A warning under a rule's name. */
export interface Lint extends Finding {
  rule: LintRule
  /** Whether a look at the line helps: not where the whole of an action is meant. */
  hasExcerpt: boolean
}

/**
 * Collects warnings, without those that an `ignore` on the same action or destination silences. What an action or
 * destination ignores must be told before it is warned about.
 */
export interface Lints {
  /** `holder`: an action or destination; one that is disabled is not warned about at all. */
  ignore(holder: Path, rules: readonly IgnorableRule[] | 'all'): void
  /** About an action or destination as a whole, or one option of it. */
  warn(rule: LintRule, path: Path, message: string): void
  /** At an offset in the text of a scalar. */
  warnInside(rule: LintRule, path: Path, at: { offset: number; message: string }): void
  readonly found: readonly Lint[]
  /** What was ignored and has silenced nothing so far; `nth` in its list. */
  idle(): readonly { holder: Path; rule: IgnorableRule; nth: number }[]
}

interface Ignored {
  holder: Path
  rules: readonly IgnorableRule[] | 'all'
  used: Set<LintRule>
}

/** `locate` gives the place of an option, or of an offset in its text, and its name for a person. */
export function createLints(locate: (path: Path, offset?: number) => { place: Place; label: string }): Lints {
  const found: Lint[] = []
  const ignored = new Map<string, Ignored>()
  const isSilenced = (rule: LintRule, path: Path): boolean => {
    const here = ignored.get(keyOf(path))
    if (here === undefined || (here.rules !== 'all' && !here.rules.some((one) => one === rule))) return false
    here.used.add(rule)
    return true
  }
  const add = (rule: LintRule, path: Path, at: { offset?: number; message: string }): void => {
    if (isSilenced(rule, path)) return
    const { place, label } = locate(path, at.offset)
    found.push({ place, message: `${label}: ${at.message}`, rule, hasExcerpt: at.offset !== undefined })
  }
  return {
    found,
    ignore: (holder, rules) => void ignored.set(keyOf(holder), { holder, rules, used: new Set() }),
    warn: (rule, path, message) => add(rule, path, { message }),
    warnInside: add,
    idle: () =>
      [...ignored.values()].flatMap(({ holder, rules, used }) =>
        [...(rules === 'all' ? [] : rules).entries()]
          .filter(([, rule]) => !used.has(rule))
          .map(([nth, rule]) => ({ holder, rule, nth })),
      ),
  }
}

/** The first two steps: `actions` and an index, or `destinations` and an id. */
function keyOf(path: Path): string {
  return path.slice(0, 2).join('.')
}
